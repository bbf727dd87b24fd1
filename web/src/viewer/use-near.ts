import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** How far beyond what is visible parts are made ready, as a share of the visible height. */
const MARGIN = "100%";

/**
 * Which of many parts of a scrolled document are near enough to be shown. Parts hand themselves to `observe` with their
 * index; everything else keeps only its place, so that a document of any length stays light.
 */
export function useNear(scroller: RefObject<HTMLElement | null>) {
  const [near, setNear] = useState<ReadonlySet<number>>(new Set());
  const elements = useRef(new Map<Element, number>());
  const observer = useRef<IntersectionObserver | null>(null);

  useEffect(() => {
    const known = elements.current;
    const created = new IntersectionObserver(
      (entries) =>
        setNear((before) => {
          const after = new Set(before);
          for (const { target, isIntersecting } of entries) {
            const index = known.get(target);
            if (index === undefined) continue;
            if (isIntersecting) after.add(index);
            else after.delete(index);
          }
          return after;
        }),
      { root: scroller.current, rootMargin: `${MARGIN} 0px` },
    );
    observer.current = created;
    for (const element of known.keys()) created.observe(element);
    return () => {
      created.disconnect();
      observer.current = null;
    };
  }, [scroller]);

  const observe = useCallback((element: Element, index: number) => {
    elements.current.set(element, index);
    observer.current?.observe(element);
    return () => {
      elements.current.delete(element);
      observer.current?.unobserve(element);
    };
  }, []);

  return { near, observe };
}
