/** Variables by their names, with what became of them. */
export interface Variables {
  has(name: string): boolean;
  text(name: string): string | undefined;
  /** Whole and positive; anything else is noted and left out. */
  number(name: string): number | undefined;
  flag(name: string): boolean | undefined;
  /** Separated by `|`, or by commas where there is none. */
  list(name: string): string[] | undefined;
  /** `${NAME}`: a secret stays in the environment. */
  secret(name: string): string | undefined;
  note(text: string): void;
  /** Names that nobody has asked for. */
  unread(): string[];
  /** Names of secrets that were asked for, which must be set where the configuration is read. */
  readonly secrets: ReadonlySet<string>;
  readonly notes: readonly string[];
}

const TRUE = /^(?:true|t|yes|y|on|1)$/iu;

export function createVariables(values: ReadonlyMap<string, string>): Variables {
  const read = new Set<string>();
  const secrets = new Set<string>();
  const notes: string[] = [];
  const text = (name: string): string | undefined => {
    read.add(name);
    return values.get(name)?.trim();
  };
  return {
    secrets,
    notes,
    has: (name) => values.has(name),
    text,
    number(name) {
      const value = text(name);
      if (value === undefined || /^[1-9]\d{0,8}$/u.test(value)) return toNumber(value);
      notes.push(`${name} is no whole number and left out.`);
      return undefined;
    },
    flag(name) {
      const value = text(name);
      return value === undefined ? undefined : TRUE.test(value);
    },
    list(name) {
      const value = text(name);
      const items = value?.split(value.includes("|") ? "|" : ",").map((item) => item.trim());
      return items?.filter((item) => item !== "");
    },
    secret(name) {
      if (text(name) === undefined) return undefined;
      secrets.add(name);
      return `\${${name}}`;
    },
    note: (note) => void notes.push(note),
    unread: () => [...values.keys()].filter((name) => !read.has(name)),
  };
}

function toNumber(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
