import { useLingui } from "@lingui/react/macro";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Dialog as AriaDialog, Modal, ModalOverlay } from "react-aria-components";
import { Route, Switch, useLocation } from "wouter";
import { ConversationPage } from "../chat/conversation-page.tsx";
import { usePreferences } from "../preferences.ts";
import { Rail } from "../rail/rail.tsx";
import { LoadBoundary } from "../ui/load-boundary.tsx";
import { useMedia } from "../ui/use-media.ts";
import { Announcer } from "./announcer.tsx";
import { RailContext } from "./rail-state.ts";
import styles from "./shell.module.css";

const DocumentsPage = lazy(async () => ({
  default: (await import("../documents/documents-page.tsx")).DocumentsPage,
}));

const SettingsPage = lazy(async () => ({
  default: (await import("../settings/settings-page.tsx")).SettingsPage,
}));

/** Windows narrower than this have the rail above the page instead of beside it. */
const NARROW = "(max-width: 1099px)";

/** Three planes: where to go, the conversation or the documents, and the cited source. */
export function Shell() {
  const isNarrow = useMedia(NARROW);
  const [{ isRailOpen }, change] = usePreferences();
  const [isOverlayOpen, setIsOverlayOpen] = useState(false);
  const [location] = useLocation();
  const isBeside = !isNarrow && isRailOpen;

  useEffect(() => setIsOverlayOpen(false), [location]);

  function open(): void {
    if (isNarrow) setIsOverlayOpen(true);
    else change({ isRailOpen: true });
  }

  return (
    <Announcer>
      <RailContext value={{ isBeside, open }}>
        <div className={styles["shell"]} data-rail={isBeside}>
          {isBeside ? (
            <div className={styles["rail"]}>
              <Rail isOverlay={false} close={() => change({ isRailOpen: false })} />
            </div>
          ) : null}
          <RailOverlay isOpen={isNarrow && isOverlayOpen} close={() => setIsOverlayOpen(false)} />
          <Switch>
            <Route path="/c/:id">{({ id }) => <ConversationPage key={id} id={id} />}</Route>
            <Route path="/documents/*?">
              <LoadBoundary>
                <Suspense fallback={<main className={styles["waiting"]} aria-busy="true" />}>
                  <DocumentsPage />
                </Suspense>
              </LoadBoundary>
            </Route>
            <Route path="/settings/*?">
              <LoadBoundary>
                <Suspense fallback={<main className={styles["waiting"]} aria-busy="true" />}>
                  <SettingsPage />
                </Suspense>
              </LoadBoundary>
            </Route>
            <Route>
              <ConversationPage id={null} />
            </Route>
          </Switch>
        </div>
      </RailContext>
    </Announcer>
  );
}

function RailOverlay({ isOpen, close }: { isOpen: boolean; close: () => void }): ReactNode {
  const { t } = useLingui();
  return (
    <ModalOverlay
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => open || close()}
      className={styles["veil"] ?? ""}
    >
      <Modal className={styles["drawer"] ?? ""}>
        <AriaDialog aria-label={t`Conversations`} className={styles["drawerBody"] ?? ""}>
          <Rail isOverlay close={close} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
