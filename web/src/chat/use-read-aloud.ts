import { useLingui } from "@lingui/react/macro";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

export interface ReadingAloud {
  isReading: boolean;
  read: (words: string) => void;
  stop: () => void;
}

/** Reads words out. Null: there is no voice on this machine; voices of others would be sent what is read. */
export function useReadAloud(): ReadingAloud | null {
  const { i18n } = useLingui();
  const [isReading, setIsReading] = useState(false);
  const voice = useSyncExternalStore(subscribe, () => voiceFor(i18n.locale));

  // What is read belongs to the answer: it ends with it.
  useEffect(() => (isReading ? () => speechSynthesis.cancel() : undefined), [isReading]);

  const read = useCallback(
    (words: string) => {
      const speech = new SpeechSynthesisUtterance(words);
      speech.voice = voice;
      if (voice !== null) speech.lang = voice.lang;
      speech.onend = () => setIsReading(false);
      speech.onerror = () => setIsReading(false);
      speechSynthesis.cancel();
      speechSynthesis.speak(speech);
      setIsReading(true);
    },
    [voice],
  );
  const stop = useCallback(() => setIsReading(false), []);
  return voice === null ? null : { isReading, read, stop };
}

function subscribe(listener: () => void): () => void {
  if (!("speechSynthesis" in globalThis)) return () => {};
  speechSynthesis.addEventListener("voiceschanged", listener);
  return () => speechSynthesis.removeEventListener("voiceschanged", listener);
}

function voiceFor(language: string): SpeechSynthesisVoice | null {
  if (!("speechSynthesis" in globalThis)) return null;
  const own = speechSynthesis.getVoices().filter((voice) => voice.localService);
  return own.find(({ lang }) => lang.startsWith(language)) ?? own[0] ?? null;
}
