import { useMemo } from "react";
import type { SessionBody } from "../../../src/protocol/sign-in.ts";
import { useSessions } from "./keys/use-sessions.ts";

/** What people call the holder of a key: who is signed in by name, everybody else as they are kept. */
export function useHolderName(): (key: string) => string {
  const { data: sessions } = useSessions();
  return useMemo(() => {
    const people = new Map((sessions ?? []).map((session) => [session.key, labelOf(session)]));
    const labels = [...people.values()];
    return (key) => {
      const label = people.get(key) ?? key;
      // Namesakes are told apart by what the server knows them by.
      return labels.filter((one) => one === label).length > 1 ? `${label} (${key})` : label;
    };
  }, [sessions]);
}

function labelOf({ name, email }: SessionBody): string {
  return email === null || email === name ? name : `${name} (${email})`;
}
