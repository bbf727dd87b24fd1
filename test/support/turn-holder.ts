import { openConversations } from "../../src/conversations/open.ts";
import { holdTurn } from "../../src/http/hold-turn.ts";

/** A process that holds a turn until it is killed, and says "renewed" each time it could: turn-holder.ts URL CONVERSATION HOLD_MS RENEW_MS. */
const [url = "", id = "", holdMs, renewMs] = process.argv.slice(2);
const store = await openConversations({ url, encryptionKey: null }, "/nowhere");
const held = await holdTurn(
  {
    ...store,
    async renewTurn(conversation, lease) {
      const isRenewed = await store.renewTurn(conversation, lease);
      if (isRenewed) process.stdout.write("renewed\n");
      return isRenewed;
    },
  },
  id,
  { holdMs: Number(holdMs), renewMs: Number(renewMs) },
);
if (held === null) throw new Error("somebody else holds it");
// A server would be kept alive by what it listens on.
setInterval(() => undefined, 60_000);
