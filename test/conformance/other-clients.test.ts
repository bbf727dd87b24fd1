import "@azure/openai/types";
import { createAzure } from "@ai-sdk/azure";
import { HumanMessage } from "@langchain/core/messages";
import { AzureChatOpenAI, AzureOpenAIEmbeddings } from "@langchain/openai";
import { embedMany, generateText, jsonSchema, streamText, tool } from "ai";
import { AzureOpenAI } from "openai";
import { describe, expect, it } from "vitest";

import { jsonReply, streamedText, wholeText, wholeToolCalls } from "./support/model-replies.ts";
import { BUILT_IN, CHAT, EMBEDDINGS, KEY, useStand } from "./support/stand.ts";

const stand = useStand();
const VERSION = "2025-04-01-preview";

const vectorsOf = (count: number) => ({
  object: "list",
  model: EMBEDDINGS,
  data: Array.from({ length: count }, (_, index) => ({
    object: "embedding",
    index,
    embedding: [index, 0.5],
  })),
  usage: { prompt_tokens: count, total_tokens: count },
});

describe("@azure/openai/types", () => {
  it("types data sources of the service and the context of an answer", async () => {
    const client = new AzureOpenAI({
      endpoint: stand.server.url,
      apiKey: KEY,
      apiVersion: VERSION,
    });
    const request = client.chat.completions.create({
      model: BUILT_IN,
      messages: [{ role: "user", content: "What is known?" }],
      data_sources: [
        {
          type: "azure_search",
          parameters: {
            endpoint: "https://127.0.0.1:1",
            index_name: "i",
            authentication: { type: "api_key", key: "k" },
          },
        },
      ],
    });
    await expect(request).rejects.toThrow("GROUNDWIRE_ALLOW_HOSTS");
    const store = await client.vectorStores.create({ name: "berths" });
    const file = new File(["# Berths\n\nBerth 7 is for the crane."], "a.md");
    await client.vectorStores.files.uploadAndPoll(store.id, file);
    const answer = await client.chat.completions.create({
      model: BUILT_IN,
      messages: [{ role: "user", content: "What is berth 7 for?" }],
      data_sources: [{ type: "file_search", parameters: { vector_store_id: store.id } } as never],
    });
    expect(answer.choices[0]?.message.context?.citations?.[0]?.filepath).toBe("a.md");
  });
});

describe("the Vercel AI SDK's Azure provider", () => {
  const azure = () =>
    createAzure({
      baseURL: `${stand.server.url}/openai`,
      apiKey: KEY,
      apiVersion: VERSION,
      useDeploymentBasedUrls: true,
    });

  it("writes text, whole and streamed", async () => {
    stand.model.next(wholeText("In Norway."));
    const whole = await generateText({ model: azure().chat(CHAT), prompt: "Where is Bergen?" });
    expect(whole.text).toBe("In Norway.");
    stand.model.next(streamedText(["In ", "Norway."]));
    const streamed = streamText({ model: azure().chat(CHAT), prompt: "Where is Bergen?" });
    expect(await streamed.text).toBe("In Norway.");
  });

  it("calls a tool", async () => {
    stand.model.next(
      wholeToolCalls([{ id: "c1", name: "weather", argumentPieces: ['{"city":"Oslo"}'] }]),
    );
    const { toolCalls } = await generateText({
      model: azure().chat(CHAT),
      prompt: "Weather in Oslo?",
      tools: {
        weather: tool({
          inputSchema: jsonSchema<{ city: string }>({
            type: "object",
            properties: { city: { type: "string" } },
          }),
        }),
      },
    });
    expect(toolCalls[0]).toMatchObject({ toolName: "weather", input: { city: "Oslo" } });
  });

  it("embeds", async () => {
    stand.model.next(jsonReply(vectorsOf(2)));
    const { embeddings } = await embedMany({
      model: azure().embeddingModel(EMBEDDINGS),
      values: ["a", "b"],
    });
    expect(embeddings).toEqual([
      [0, 0.5],
      [1, 0.5],
    ]);
  });
});

describe("LangChain.js", () => {
  const fields = (deployment: string) => ({
    azureOpenAIApiKey: KEY,
    azureOpenAIEndpoint: stand.server.url,
    azureOpenAIApiVersion: VERSION,
    azureOpenAIApiDeploymentName: deployment,
    maxRetries: 0,
  });

  it("chats, whole and streamed", async () => {
    const chat = new AzureChatOpenAI(fields(CHAT));
    stand.model.next(wholeText("In Norway."));
    expect((await chat.invoke([new HumanMessage("Where is Bergen?")])).content).toBe("In Norway.");
    stand.model.next(streamedText(["In ", "Norway."]));
    let text = "";
    for await (const chunk of await chat.stream("Where is Bergen?")) text += chunk.text;
    expect(text).toBe("In Norway.");
  });

  it("embeds", async () => {
    const embeddings = new AzureOpenAIEmbeddings({
      ...fields(EMBEDDINGS),
      azureOpenAIApiEmbeddingsDeploymentName: EMBEDDINGS,
      azureOpenAIBasePath: `${stand.server.url}/openai/deployments`,
    });
    stand.model.next(jsonReply(vectorsOf(1)));
    expect(await embeddings.embedQuery("a")).toEqual([0, 0.5]);
  });
});
