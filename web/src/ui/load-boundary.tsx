import { Trans } from "@lingui/react/macro";
import { Component, type ReactNode } from "react";
import { Button } from "./button.tsx";
import styles from "./load-boundary.module.css";

/** Holds a part of the page that is loaded when it is needed: when that fails, the rest of the page stays. */
export class LoadBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  return (
    <div className={styles["failed"]} role="alert">
      <p>
        <Trans>
          This part of the page could not be loaded: the server does not answer, or has a newer
          version.
        </Trans>
      </p>
      <Button look="outlined" onPress={() => location.reload()}>
        <Trans>Load the page again</Trans>
      </Button>
    </div>
  );
}
