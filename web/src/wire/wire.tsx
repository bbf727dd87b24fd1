import { useEffect, useState } from "react";
import styles from "./wire.module.css";
import { isWithin, type WirePath, wirePath } from "./wire-path.ts";

/** The document may move for so long after it was opened. Milliseconds. */
const OPENING_MS = 1_500;

/**
 * The wire from the pressed marker to the passage it names. It is there only while both ends can be seen, and moves with them.
 * @param opened Changes with what is open: the wire is drawn anew.
 */
export function Wire({ opened }: { opened: string }) {
  const path = useWirePath(opened);
  if (path === null) return null;
  return (
    <svg key={opened} className={styles["wire"]} aria-hidden="true" data-wire="">
      <path className={styles["quiet"]} pathLength={1} d={path.out} />
      <path className={styles["seam"]} pathLength={1} d={path.seam} />
      <path className={styles["edge"]} pathLength={1} d={path.in} />
      <path className={styles["inside"]} pathLength={1} d={path.in} />
    </svg>
  );
}

function useWirePath(opened: string): WirePath | null {
  const [path, setPath] = useState<WirePath | null>(null);
  useEffect(() => {
    const bay = document.getElementById("document-bay");
    if (bay === null) return;
    let frame: number | undefined;
    const opening = performance.now() + OPENING_MS;
    const look = (): void => {
      frame = undefined;
      const next = measure(bay);
      if (performance.now() < opening) later();
      setPath((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    function later(): void {
      frame ??= requestAnimationFrame(look);
    }
    // Its document comes part by part.
    const changes = new MutationObserver(later);
    changes.observe(bay, { subtree: true, childList: true, attributeFilter: ["data-passage"] });
    const sizes = new ResizeObserver(later);
    sizes.observe(bay);
    // Text may come between a marker and the top.
    const thread = document.querySelector("[role=log]");
    if (thread !== null) sizes.observe(thread);
    document.addEventListener("scroll", later, { capture: true, passive: true });
    addEventListener("resize", later);
    later();
    return () => {
      changes.disconnect();
      sizes.disconnect();
      document.removeEventListener("scroll", later, { capture: true });
      removeEventListener("resize", later);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [opened]);
  return path;
}

/** Null: one of the ends is out of sight. */
function measure(bay: HTMLElement): WirePath | null {
  const marker = visibleMarker();
  const passage = bay.querySelector("[data-passage]");
  if (marker === null || passage === null || !isSeen(passage)) return null;
  const isMirrored = document.documentElement.dir === "rtl";
  const { left, right } = bay.getBoundingClientRect();
  return wirePath({
    marker: marker.getBoundingClientRect(),
    passage: passage.getBoundingClientRect(),
    seam: isMirrored ? right : left,
    isMirrored,
  });
}

/** The marker that was pressed; when the same source stands in several places, that with the focus, else the first. */
function visibleMarker(): Element | null {
  const pressed = [...document.querySelectorAll("[data-marker][aria-pressed=true]")];
  const focused = pressed.filter((marker) => marker.contains(document.activeElement));
  return [...focused, ...pressed].find(isSeen) ?? null;
}

function isSeen(element: Element): boolean {
  const box = element.getBoundingClientRect();
  return scrollersOf(element).every((scroller) => isWithin(box, scroller.getBoundingClientRect()));
}

function scrollersOf(element: Element): Element[] {
  const scrollers: Element[] = [];
  for (let above = element.parentElement; above !== null; above = above.parentElement) {
    if (/auto|scroll/u.test(getComputedStyle(above).overflowY)) scrollers.push(above);
  }
  return scrollers;
}
