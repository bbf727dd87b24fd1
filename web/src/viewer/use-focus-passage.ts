import { type RefObject, useEffect } from "react";

/**
 * Moves the focus to where the passage begins, once that is in the page; `key` changes with the passage. A focus that is in
 * the source already stays, so that whoever steps from passage to passage keeps the button.
 */
export function useFocusPassage(scroller: RefObject<HTMLElement | null>, key: unknown): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element || element.closest("section")?.contains(document.activeElement)) return;
    const focus = (): boolean => {
      const passage = element.querySelector<HTMLElement>("[data-passage]");
      passage?.focus({ preventScroll: true });
      return passage !== null;
    };
    if (focus()) return;
    const observer = new MutationObserver(() => {
      if (focus()) observer.disconnect();
    });
    observer.observe(element, {
      subtree: true,
      childList: true,
      attributeFilter: ["data-passage"],
    });
    return () => observer.disconnect();
  }, [scroller, key]);
}
