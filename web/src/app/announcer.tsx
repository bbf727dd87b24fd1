import { createContext, type ReactNode, useCallback, useContext, useState } from "react";

const AnnounceContext = createContext<(words: string) => void>(() => {});

/** Has words read out by a screen reader, politely. */
export function useAnnounce(): (words: string) => void {
  return useContext(AnnounceContext);
}

/** The one live region of the page. */
export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ words: "", turn: 0 });
  const announce = useCallback(
    (words: string) => setSaid(({ turn }) => ({ words, turn: turn + 1 })),
    [],
  );
  return (
    <AnnounceContext value={announce}>
      {children}
      <p className="visually-hidden" role="status" aria-live="polite">
        {/* The same words twice are two messages. */}
        <span key={said.turn}>{said.words}</span>
      </p>
    </AnnounceContext>
  );
}
