/** What a command is refused with: `{ok: 0, code, codeName, errmsg}`. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly code: number;
  readonly codeName: string;
  readonly labels: string[];

  constructor(code: number, message: string, labels: string[] = []) {
    super(message);
    this.code = code;
    this.codeName = CODE_NAMES[code] ?? `Location${code}`;
    this.labels = labels;
  }
}

const CODE_NAMES: Record<number, string> = {
  2: "BadValue",
  8: "UnknownError",
  9: "FailedToParse",
  13: "Unauthorized",
  18: "AuthenticationFailed",
  26: "NamespaceNotFound",
  43: "CursorNotFound",
  50: "MaxTimeMSExpired",
  59: "CommandNotFound",
  8000: "AtlasError",
  10107: "NotWritablePrimary",
  11000: "DuplicateKey",
  11600: "InterruptedAtShutdown",
  13436: "NotPrimaryOrSecondary",
  16500: "RequestRateTooLarge",
};

export function badValue(message: string): CommandError {
  return new CommandError(2, message);
}
