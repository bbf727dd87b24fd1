import { randomUUID } from "node:crypto";
import type { ConversationStore } from "../conversations/conversation-store.ts";

/** How long a turn is held, and how often that is renewed while it is being answered. */
export interface TurnTimes {
  holdMs: number;
  renewMs: number;
}

/** Two renewals may fail before somebody else can go on; a conversation whose server was killed waits for half a minute at most. */
export const TURN_TIMES: TurnTimes = { holdMs: 30_000, renewMs: 10_000 };

/** A conversation's turn, which nobody else can begin meanwhile. */
export interface HeldTurn {
  token: string;
  /** True when another turn has taken over, because this one could not be renewed in time. */
  isLost(): boolean;
  end(): Promise<void>;
}

/** Begins a turn and holds it until it is ended, or this process is. Null: another one is being answered. */
export async function holdTurn(
  conversations: ConversationStore,
  id: string,
  { holdMs, renewMs }: TurnTimes,
): Promise<HeldTurn | null> {
  const lease = { token: randomUUID(), milliseconds: holdMs };
  if (!(await conversations.beginTurn(id, lease))) return null;
  let isLost = false;

  async function renew(): Promise<void> {
    // While the store is away the lease is not lost yet: nobody else can take over either.
    isLost = (await conversations.renewTurn(id, lease).catch(() => true)) === false;
    if (isLost) clearInterval(timer);
  }
  const timer = setInterval(() => void renew(), renewMs);
  timer.unref();

  return {
    token: lease.token,
    isLost: () => isLost,
    async end() {
      clearInterval(timer);
      await conversations.endTurn(id, lease.token);
    },
  };
}
