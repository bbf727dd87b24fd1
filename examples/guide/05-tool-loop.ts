/** The function is called and its result sent back, as often as the model wants. */
import { startConversation } from "groundwire/client";
import { client, model } from "../connect.ts";

const WEATHER: Record<string, string> = {
  london: "22 degrees, sunny",
  tokyo: "25 degrees, cloudy",
};

const chat = startConversation({
  client,
  model,
  tools: [
    {
      definition: {
        name: "get_current_weather",
        parameters: {
          type: "object",
          properties: { location: { type: "string" } },
          required: ["location"],
        },
      },
      run: ({ location }) => WEATHER[String(location).toLowerCase()] ?? "Location not found.",
    },
  ],
});
console.log((await chat.ask("What's the weather like in London?")).text);
