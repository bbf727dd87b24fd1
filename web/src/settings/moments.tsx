import { useLingui } from "@lingui/react/macro";
import { timeSince } from "./time-since.ts";

/** A day as people write it. */
export function DayOf({ seconds }: { seconds: number }) {
  const { i18n } = useLingui();
  const date = new Date(seconds * 1000);
  return <time dateTime={date.toISOString()}>{i18n.date(date, { dateStyle: "medium" })}</time>;
}

/** "5 minutes ago"; the moment itself when the pointer rests on it. */
export function HowLongAgo({ seconds, now }: { seconds: number; now: number }) {
  const { i18n } = useLingui();
  const date = new Date(seconds * 1000);
  const { count, unit } = timeSince(seconds, now);
  const words = new Intl.RelativeTimeFormat(i18n.locale, { numeric: "auto" });
  return (
    <time
      dateTime={date.toISOString()}
      title={i18n.date(date, { dateStyle: "medium", timeStyle: "short" })}
    >
      {words.format(-count, unit)}
    </time>
  );
}
