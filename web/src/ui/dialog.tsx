import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import styles from "./dialog.module.css";

export interface DialogProps {
  title: string;
  isOpen: boolean;
  close: () => void;
  /** Asks before something is lost; does not close by a press beside it. */
  isAlert?: boolean;
  children: ReactNode;
}

/** A question or form above the page. */
export function Dialog({ title, isOpen, close, isAlert = false, children }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => open || close()}
      isDismissable={!isAlert}
      className={styles["veil"] ?? ""}
    >
      <Modal className={styles["modal"] ?? ""}>
        <AriaDialog role={isAlert ? "alertdialog" : "dialog"} className={styles["dialog"] ?? ""}>
          <Heading slot="title" level={2} className={styles["title"] ?? ""}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The buttons at a dialog's end. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles["actions"]}>{children}</div>;
}
