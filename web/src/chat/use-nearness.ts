import {
  createContext,
  type RefObject,
  startTransition,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
} from "react";

/** How far beyond what is visible turns are drawn, as a share of the visible height. */
const MARGIN = "150%";

type Tell = (isNear: boolean) => void;
/** Tells whenever an element comes near to what is visible or leaves it. Answers how to end that. */
type Watch = (element: Element, tell: Tell) => () => void;

/** Null: everything in it is far away. */
export const NearnessContext = createContext<Watch | null>(null);

/** One observer for all turns in a scroller. */
export function useWatchedScroller(scroller: RefObject<HTMLElement | null>): Watch {
  const [tellers] = useState(() => new Map<Element, Tell>());
  const observer = useRef<IntersectionObserver | null>(null);

  useEffect(
    () => () => {
      observer.current?.disconnect();
      observer.current = null;
    },
    [],
  );

  return useCallback(
    (element, tell) => {
      observer.current ??= new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting } of entries) tellers.get(target)?.(isIntersecting);
        },
        { root: scroller.current, rootMargin: `${MARGIN} 0px` },
      );
      tellers.set(element, tell);
      observer.current.observe(element);
      return () => {
        tellers.delete(element);
        observer.current?.unobserve(element);
      };
    },
    [scroller, tellers],
  );
}

/** Whether an element is near to what is visible, and whether it ever was. */
export function useNearness(
  element: RefObject<Element | null>,
  initially: boolean,
): { isNear: boolean; wasNear: boolean } {
  const watch = useContext(NearnessContext);
  const [nearness, setNearness] = useState({ isNear: initially, wasNear: initially });

  useEffect(() => {
    if (element.current === null) return;
    const tell = (isNear: boolean): void =>
      // Drawn before it is seen, and not at once: scrolling goes on meanwhile.
      startTransition(() =>
        setNearness((before) =>
          before.isNear === isNear ? before : { isNear, wasNear: before.wasNear || isNear },
        ),
      );
    if (watch === null) return tell(false);
    return watch(element.current, tell);
  }, [watch, element]);
  return nearness;
}
