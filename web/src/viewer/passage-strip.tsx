import { type CSSProperties, type RefObject, useEffect, useState } from "react";
import styles from "./bay.module.css";

interface Shares {
  ticks: { at: number; isCurrent: boolean }[];
  top: number;
  height: number;
}

/** Beside the document: where its passages stand in all of it, and which stretch is visible. For the eye only. */
export function PassageStrip({ scroller }: { scroller: RefObject<HTMLElement | null> }) {
  const [shares, setShares] = useState<Shares | null>(null);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let frame: number | undefined;
    const measure = (): void => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined;
        setShares(sharesOf(element));
      });
    };
    element.addEventListener("scroll", measure, { passive: true });
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    const changes = new MutationObserver(measure);
    changes.observe(element, { childList: true, subtree: true });
    measure();
    return () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      element.removeEventListener("scroll", measure);
      sizes.disconnect();
      changes.disconnect();
    };
  }, [scroller]);
  if (shares === null || shares.height >= 1) return null;
  const style: CSSProperties = {
    insetBlockStart: `${shares.top * 100}%`,
    blockSize: `${shares.height * 100}%`,
  };
  return (
    <div className={styles["strip"]} aria-hidden="true">
      {shares.ticks.map(({ at, isCurrent }, index) => (
        <i key={index} data-current={isCurrent} style={{ insetBlockStart: `${at * 100}%` }} />
      ))}
      <b style={style} />
    </div>
  );
}

function sharesOf(scroller: HTMLElement): Shares {
  const { scrollHeight, scrollTop, clientHeight } = scroller;
  const origin = scroller.getBoundingClientRect().top - scrollTop;
  const marks = scroller.querySelectorAll("[data-place], [data-passage]");
  const ticks = [...marks].map((mark) => ({
    at: (mark.getBoundingClientRect().top - origin) / scrollHeight,
    isCurrent: mark.hasAttribute("data-passage"),
  }));
  return { ticks, top: scrollTop / scrollHeight, height: clientHeight / scrollHeight };
}
