import { Trans, useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { IconButton } from "../../ui/button.tsx";
import bay from "../../viewer/bay.module.css";
import type { Passage } from "../../viewer/passages.ts";
import { SourceTab } from "../../viewer/source-tab.tsx";
import type { OpenedDocument } from "../documents-page.tsx";
import { PassageList } from "./passage-list.tsx";

interface DocumentPanelProps {
  storeId: string;
  document: OpenedDocument;
  close: () => void;
}

/** A document beside the list: the passages it was cut into, and where each stands. */
export function DocumentPanel({ storeId, document, close }: DocumentPanelProps) {
  const { t } = useLingui();
  const [tab, setTab] = useState<"passages" | "document">("passages");
  const [shown, setShown] = useState<Passage>(() => wholeOf(document));

  function show(passage: Passage): void {
    setShown(passage);
    setTab("document");
  }
  return (
    <Tabs
      className={bay["bay"] ?? ""}
      selectedKey={tab}
      onSelectionChange={(key) => setTab(key === "document" ? "document" : "passages")}
    >
      <div className={bay["bar"]}>
        <TabList aria-label={document.filename} className={bay["tabs"] ?? ""}>
          <Tab id="passages" className={bay["tab"] ?? ""}>
            <Trans>Passages</Trans>
          </Tab>
          <Tab id="document" className={bay["tab"] ?? ""}>
            <Trans>Document</Trans>
          </Tab>
        </TabList>
        <IconButton label={t`Close`} icon={X} onPress={close} />
      </div>
      <TabPanel id="passages" className={bay["panel"] ?? ""}>
        <PassageList storeId={storeId} document={document} show={show} />
      </TabPanel>
      <TabPanel id="document" className={bay["panel"] ?? ""}>
        <SourceTab passages={[shown]} current={0} select={() => {}} close={close} />
      </TabPanel>
    </Tabs>
  );
}

/** The document without a place in it. */
function wholeOf({ id, filename }: OpenedDocument): Passage {
  return {
    fileId: id,
    title: filename,
    filepath: filename,
    link: null,
    page: null,
    headingPath: [],
    anchor: null,
    quote: "",
    content: "",
  };
}
