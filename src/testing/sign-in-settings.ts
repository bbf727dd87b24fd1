import { fileSchema } from "../config/file-schema.ts";
import type { SignInSettings } from "../config/sign-in-settings.ts";

/** As the configuration has them where it says the least. */
export function signInSettings(given: Partial<SignInSettings> = {}): SignInSettings {
  const { sign_in: least } = fileSchema.parse({
    sign_in: { issuer: "https://login.example", client_id: "groundwire" },
  });
  if (least === undefined) throw new Error("the schema has left out what it was given");
  return { ...least, groupsClaim: "groups", accessClaim: null, ...given };
}
