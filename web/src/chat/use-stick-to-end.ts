import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";

/** Nearer to the end than this counts as there. Pixels. */
const NEAR = 48;

/**
 * Keeps the end of a growing text in view as long as the reader is there; who scrolls up is left alone.
 * @param newest When it changes, the reader has asked something and is taken to the end.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  newest: number,
): { isAtEnd: boolean; goToEnd: () => void } {
  const [isAtEnd, setIsAtEnd] = useState(true);

  const goToEnd = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [scroller]);

  useLayoutEffect(goToEnd, [goToEnd, newest]);

  useEffect(() => {
    const element = scroller.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    let isNear = true;
    function look(): void {
      const { scrollTop, scrollHeight, clientHeight } = element ?? document.body;
      isNear = scrollHeight - scrollTop - clientHeight < NEAR;
      setIsAtEnd(isNear);
    }
    const observer = new ResizeObserver(() => (isNear ? goToEnd() : look()));
    observer.observe(content);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [scroller, goToEnd]);

  return { isAtEnd, goToEnd };
}
