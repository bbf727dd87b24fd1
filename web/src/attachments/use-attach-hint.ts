import { useLingui } from "@lingui/react/macro";
import { useAbilities } from "../app/abilities.ts";

/** As the server's setting counts them. */
const MEGABYTE = 1024 * 1024;

/** Which files can be attached, for people, before they try. */
export function useAttachHint(): string {
  const { t, i18n } = useLingui();
  const { max_file_bytes: most } = useAbilities();
  const size = i18n.number(Math.floor(most / MEGABYTE), { style: "unit", unit: "megabyte" });
  return Number.isFinite(most)
    ? t`documents, tables, mails and source code, each up to ${size}`
    : t`documents, tables, mails and source code`;
}
