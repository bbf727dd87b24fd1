import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef } from "react";
import { Dialog as AriaDialog, Modal, ModalOverlay } from "react-aria-components";
import { usePreferences } from "../preferences.ts";
import { useMedia } from "../ui/use-media.ts";
import styles from "./bay-frame.module.css";

interface BayFrameProps {
  close: () => void;
  children: ReactNode;
}

/** Windows narrower than this show the source alone. */
const SHEET = "(max-width: 899px)";
const LEAST = 400;
/** Share of the window the source may take. */
const MOST = 0.6;
const STEP = 32;

/** Holds the cited source: beside the conversation, as wide as the reader makes it, or a sheet above it on small windows. */
export function BayFrame({ close, children }: BayFrameProps) {
  const { t } = useLingui();
  const isSheet = useMedia(SHEET);
  if (isSheet) {
    return (
      <ModalOverlay
        isOpen
        onOpenChange={(open) => open || close()}
        className={styles["sheet"] ?? ""}
      >
        <Modal className={styles["modal"] ?? ""}>
          <AriaDialog id="document-bay" aria-label={t`Source`} className={styles["body"] ?? ""}>
            {children}
          </AriaDialog>
        </Modal>
      </ModalOverlay>
    );
  }
  return <Beside close={close}>{children}</Beside>;
}

function Beside({ close, children }: BayFrameProps) {
  const { t } = useLingui();
  const frame = useRef<HTMLElement>(null);
  const [{ bayWidth }, change] = usePreferences();

  // Wherever the focus is: it stays on the marker that opened this.
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [close]);

  function resize(width: number): void {
    const most = Math.round(innerWidth * MOST);
    change({ bayWidth: Math.min(most, Math.max(LEAST, Math.round(width))) });
  }

  return (
    <aside
      ref={frame}
      id="document-bay"
      className={styles["bay"]}
      aria-label={t`Source`}
      style={bayWidth === null ? {} : { inlineSize: `min(${bayWidth}px, 60vw)` }}
    >
      <Separator
        width={() => frame.current?.getBoundingClientRect().width ?? LEAST}
        resize={resize}
      />
      <div className={styles["body"]}>{children}</div>
    </aside>
  );
}

function Separator({ width, resize }: { width: () => number; resize: (width: number) => void }) {
  const { t } = useLingui();
  const [{ bayWidth }] = usePreferences();
  const start = useRef<{ x: number; width: number } | null>(null);
  const towardsStart = (): number => (document.documentElement.dir === "rtl" ? -1 : 1);

  function onKeyDown(event: KeyboardEvent): void {
    const direction = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    resize(width() + direction * towardsStart() * STEP);
  }

  function onPointerMove(event: PointerEvent): void {
    if (start.current === null) return;
    resize(start.current.width + (start.current.x - event.clientX) * towardsStart());
  }

  return (
    <div
      className={styles["separator"]}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t`Width of the source`}
      aria-valuenow={bayWidth ?? LEAST}
      aria-valuemin={LEAST}
      aria-valuemax={Math.round(innerWidth * MOST)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width: width() };
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}
