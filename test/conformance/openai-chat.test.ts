import { describe, expect, it } from "vitest";

import { OFFICIAL_CLIENTS } from "./support/clients.ts";
import { streamedText, wholeText } from "./support/model-replies.ts";
import { CHAT, useStand } from "./support/stand.ts";

const stand = useStand();
const QUESTION = [{ role: "user" as const, content: "Where is Bergen?" }];

describe.each(OFFICIAL_CLIENTS)("chat by $name", ({ connect }) => {
  it("gets a whole answer, with the id of its request", async () => {
    stand.model.next(wholeText("In Norway."));
    const answer = await connect(stand).chat.completions.create({
      model: CHAT,
      messages: QUESTION,
    });
    expect(answer.choices[0]?.message.content).toBe("In Norway.");
    expect(answer.usage?.total_tokens).toBe(29);
    expect(answer._request_id).toMatch(/^[\w-]{36}$/u);
  });

  it("gets a streamed answer, with its usage when asked for", async () => {
    stand.model.next(streamedText(["In ", "Nørway."]));
    const stream = connect(stand).chat.completions.stream({
      model: CHAT,
      messages: QUESTION,
      stream_options: { include_usage: true },
    });
    const answer = await stream.finalChatCompletion();
    expect(answer.choices[0]?.message.content).toBe("In Nørway.");
    expect(answer.usage?.total_tokens).toBe(29);
  });
});
