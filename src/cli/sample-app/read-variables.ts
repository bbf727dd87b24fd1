import { z } from "zod";

import { parseJson } from "../../util/parse-json.ts";

/** As `az webapp config appsettings list` prints them. */
const appSettingsSchema = z.array(z.looseObject({ name: z.string(), value: z.string().nullish() }));

/** `NAME=value`, `export NAME="value"`; what follows a blank and `#` is a comment, unless it is quoted. Quoted values may have several lines. */
const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[^])*)"|'([^']*)'|([^\n]*))/gmu;
const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

/** Variables of an environment file, or of an App Service; those without a value count as not set. */
export function readVariables(text: string): Map<string, string> {
  const listed = appSettingsSchema.safeParse(parseJson(text)).data;
  const pairs =
    listed?.map(({ name, value }): [string, string] => [name, value ?? ""]) ?? assignmentsIn(text);
  return new Map(pairs.filter(([, value]) => value.trim() !== ""));
}

function assignmentsIn(text: string): [string, string][] {
  return [...text.replaceAll("\r\n", "\n").matchAll(ASSIGNMENT)].map(
    ([, name = "", double, single, plain = ""]) => [
      name,
      double?.replaceAll(/\\([^])/gu, (_whole, sign: string) => ESCAPES[sign] ?? sign) ??
        single ??
        plain.replace(/(?:^|\s+)#.*$/u, "").trim(),
    ],
  );
}
