import { useLingui } from "@lingui/react/macro";
import { ChartColumn, KeyRound, type LucideIcon, Stethoscope, ThumbsUp } from "lucide-react";
import { Link, useRoute } from "wouter";
import { PageBar } from "../app/page-bar.tsx";
import { Icon } from "../ui/icon.tsx";
import { FeedbackSection } from "./feedback/feedback-section.tsx";
import { HealthSection } from "./health/health-section.tsx";
import { type Diagnosing, useDiagnosis } from "./health/use-diagnosis.ts";
import { KeysSection } from "./keys/keys-section.tsx";
import { useKeys } from "./keys/use-keys.ts";
import { NotForYou } from "./not-for-you.tsx";
import { isForbidden } from "./requests.ts";
import styles from "./settings-page.module.css";
import { UsageSection } from "./usage/usage-section.tsx";
import { useWords } from "./use-words.ts";

type SectionName = "keys" | "health" | "usage" | "feedback";

/** What whoever runs the server looks after. Which part is shown stands in the address. */
export function SettingsPage() {
  const isSpoken = useWords();
  return isSpoken ? <Settings /> : <main className={styles["main"]} aria-busy="true" />;
}

function Settings() {
  const { t } = useLingui();
  const [, parameters] = useRoute("/settings/:section");
  const { data, error } = useKeys();
  // Goes on while another part is looked at.
  const diagnosing = useDiagnosis();
  const sections: { name: SectionName; label: string; icon: LucideIcon }[] = [
    { name: "keys", label: t`Keys`, icon: KeyRound },
    { name: "health", label: t`Health`, icon: Stethoscope },
    { name: "usage", label: t`Usage`, icon: ChartColumn },
    { name: "feedback", label: t`Feedback`, icon: ThumbsUp },
  ];
  const shown = sections.find(({ name }) => name === parameters?.section)?.name ?? "keys";

  return (
    <main className={styles["main"]}>
      <PageBar title={t`Server settings`} />
      {data === undefined && isForbidden(error) ? (
        <NotForYou />
      ) : (
        <div className={styles["body"]}>
          <nav className={styles["sections"]} aria-label={t`Server settings`}>
            <ul className={styles["list"]}>
              {sections.map(({ name, label, icon }) => (
                <li key={name}>
                  <Link
                    href={`/settings/${name}`}
                    className={styles["place"] ?? ""}
                    aria-current={name === shown ? "page" : undefined}
                  >
                    <Icon of={icon} />
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <div className={styles["content"]}>
            <div className={styles["column"]}>
              <Section name={shown} diagnosing={diagnosing} />
            </div>
          </div>
        </div>
      )}
    </main>
  );
}

function Section({ name, diagnosing }: { name: SectionName; diagnosing: Diagnosing }) {
  switch (name) {
    case "keys":
      return <KeysSection />;
    case "health":
      return <HealthSection diagnosing={diagnosing} />;
    case "usage":
      return <UsageSection />;
    case "feedback":
      return <FeedbackSection />;
  }
}
