import { Trans, useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import type { Opened, OpenedState } from "../chat/opened.ts";
import { IconButton } from "../ui/button.tsx";
import { AnsweredTab } from "./answered/answered-tab.tsx";
import styles from "./bay.module.css";
import { type Passage, passageOf } from "./passages.ts";
import { RetrievedTab } from "./retrieved/retrieved-tab.tsx";
import { SourceTab } from "./source-tab.tsx";

type BayProps = Opened & Pick<OpenedState, "open" | "close"> & { conversationId: string | null };

type TabName = "source" | "retrieved" | "answered";

/** What an answer stands on: the cited document at its passage, everything that was found, and how the answer came to be. */
export function Bay({ conversationId, answer, index, open, close }: BayProps) {
  const { t } = useLingui();
  const [tab, setTab] = useState<TabName>(index === null ? "answered" : "source");
  /** A passage looked at that the answer was not given; no marker is pressed meanwhile. */
  const [uncited, setUncited] = useState<Passage | null>(null);
  const { citations } = answer;
  const passages = useMemo(() => {
    const cited = citations.map(passageOf);
    return uncited ? [...cited, uncited] : cited;
  }, [citations, uncited]);

  useEffect(() => {
    if (index === null) return;
    setTab("source");
    setUncited(null);
  }, [answer.id, index]);

  function show(passage: Passage, citation: number | null): void {
    setTab("source");
    setUncited(citation === null ? passage : null);
    open(answer, citation);
  }

  return (
    <Tabs
      className={styles["bay"] ?? ""}
      selectedKey={tab}
      onSelectionChange={(key) => isTabName(key) && setTab(key)}
    >
      <div className={styles["bar"]}>
        <TabList aria-label={t`What the answer stands on`} className={styles["tabs"] ?? ""}>
          <Tab
            id="source"
            className={styles["tab"] ?? ""}
            isDisabled={index === null && uncited === null}
          >
            <Trans>Source</Trans>
          </Tab>
          <Tab id="retrieved" className={styles["tab"] ?? ""}>
            <Trans>All retrieved</Trans>{" "}
            <span className={styles["count"]}>{answer.found.length}</span>
          </Tab>
          <Tab id="answered" className={styles["tab"] ?? ""}>
            <Trans>How it was answered</Trans>
          </Tab>
        </TabList>
        <IconButton label={t`Close sources`} icon={X} onPress={close} />
      </div>
      <TabPanel id="source" className={styles["panel"] ?? ""}>
        <SourceTab
          passages={passages}
          current={index ?? citations.length}
          select={(position) => open(answer, position)}
          close={close}
        />
      </TabPanel>
      <TabPanel id="retrieved" className={styles["panel"] ?? ""}>
        <RetrievedTab conversationId={conversationId} evidence={answer} show={show} />
      </TabPanel>
      <TabPanel id="answered" className={styles["panel"] ?? ""}>
        <AnsweredTab evidence={answer} />
      </TabPanel>
    </Tabs>
  );
}

function isTabName(key: unknown): key is TabName {
  return key === "source" || key === "retrieved" || key === "answered";
}
