import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  type ScriptedUpstream,
  startScriptedUpstream,
} from "../../src/testing/scripted-upstream.ts";
import { answerWith } from "../support/model-answers.ts";
import { PREVIOUS_PYTHON, PYTHON, requirePython, runPython } from "../support/python.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

let server: TestServer;
beforeAll(async () => {
  await requirePython();
  server = await startTestServer({ GROUNDWIRE_API_KEYS: "acme:first-secret" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const PROGRAM = `
import io, json, os
from openai import OpenAI, AzureOpenAI
url = os.environ["URL"]
if os.environ["CLIENT"] == "azure":
    client = AzureOpenAI(azure_endpoint=url, api_key="first-secret", api_version="2024-12-01-preview")
else:
    client = OpenAI(base_url=url + "/openai/v1", api_key="first-secret")
store = client.vector_stores.create(name="harbour")
file = client.files.create(file=("rules.md", io.BytesIO("# Harbour rules\\n\\nThe crane may lift 42 tonnes.".encode())), purpose="assistants")
attached = client.vector_stores.files.create_and_poll(file_id=file.id, vector_store_id=store.id)
assert attached.status == "completed", attached
found = client.vector_stores.search(store.id, query="How much may the crane lift?")
assert "42 tonnes" in found.data[0].content[0].text
request = dict(
    model="o1",
    messages=[{"role": "user", "content": "How much may the crane lift?"}],
    extra_body={"data_sources": [{"type": "file_search", "parameters": {"vector_store_id": store.id}}]},
)
answer = client.chat.completions.create(**request)
message = answer.choices[0].message
assert "[doc1]" in message.content, message
assert message.context["citations"][0]["filepath"] == "rules.md"
assert isinstance(json.loads(message.context["intent"]), list)
text = ""
for chunk in client.chat.completions.create(stream=True, **request):
    choice = chunk.choices[0]
    assert "end_turn" in choice.model_extra
    text += choice.delta.content or ""
assert text == message.content, (text, message.content)
client.vector_stores.delete(store.id)
client.files.delete(file.id)
print("ok")
`;

/** The model's server is scripted: it searches, computes, asks the caller's function, and answers. */
const TOOLS_PROGRAM = `
import io, json, os
from openai import OpenAI
client = OpenAI(base_url=os.environ["URL"] + "/openai/v1", api_key="any")
store = client.vector_stores.create(name="harbour")
client.vector_stores.files.upload_and_poll(vector_store_id=store.id, file=("rules.md", io.BytesIO(b"# Harbour rules\\n\\nThe crane may lift 42 tonnes.")))
table = client.files.create(file=("loads.csv", io.BytesIO(b"load\\n20\\n22\\n")), purpose="assistants")
weather = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
resources = {"file_search": {"vector_store_ids": [store.id]}, "code_interpreter": {"file_ids": [table.id]}}
request = dict(model="o1", tools=[weather, {"type": "file_search"}, {"type": "code_interpreter"}], extra_body={"tool_resources": resources})

def loop(ask):
    messages = [{"role": "user", "content": "How much may the crane lift?"}]
    for _ in range(5):
        message, reason = ask(messages)
        messages.append(message.model_dump(exclude_none=True))
        if reason != "tool_calls":
            return message.content
        for call in message.tool_calls:
            assert call.function.name == "weather", call
            assert json.loads(call.function.arguments) == {"city": "Bergen"}
            messages.append({"role": "tool", "tool_call_id": call.id, "content": "It rains."})

def whole(messages):
    choice = client.chat.completions.create(messages=messages, **request).choices[0]
    return choice.message, choice.finish_reason

def streamed(messages):
    with client.chat.completions.stream(messages=messages, **request) as stream:
        choice = stream.get_final_completion().choices[0]
        return choice.message, choice.finish_reason

for ask in (whole, streamed):
    assert loop(ask) == "42 tonnes [doc1], and it rains.", ask

tools = [{"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}, "strict": False},
         {"type": "file_search", "vector_store_ids": [store.id]},
         {"type": "code_interpreter", "container": {"type": "auto", "file_ids": [table.id]}}]
with client.responses.stream(model="o1", input="How much may the crane lift?", tools=tools, include=["code_interpreter_call.outputs"]) as stream:
    types = [event.type for event in stream]
    first = stream.get_final_response()
assert "response.code_interpreter_call.completed" in types, types
code = next(item for item in first.output if item.type == "code_interpreter_call")
assert "total 42" in code.outputs[0].logs, code
call = next(item for item in first.output if item.type == "function_call")
second = client.responses.create(model="o1", previous_response_id=first.id, tools=tools, input=[{"type": "function_call_output", "call_id": call.call_id, "output": "It rains."}])
assert second.output_text == "42 tonnes, and it rains.", second
print("ok")
`;

function useTools(upstream: ScriptedUpstream): void {
  const call = (name: string, given: object) =>
    answerWith({
      calls: [
        {
          id: `call_${name}`,
          type: "function",
          function: { name, arguments: JSON.stringify(given) },
        },
      ],
    });
  const code = "print('total', sum(int(line) for line in open('loads.csv').read().split()[1:]))";
  for (let round = 0; round < 3; round++) {
    upstream.next(call("file_search", { query: "lift of the crane" }));
    upstream.next(call("code_interpreter", { code }));
    upstream.next(call("weather", { city: "Bergen" }));
    upstream.next(answerWith({ content: "42 tonnes [doc1], and it rains." }));
  }
}

const PYTHONS = [PYTHON, ...(PREVIOUS_PYTHON === null ? [] : [PREVIOUS_PYTHON])];

describe.each(PYTHONS)("openai-python of %s", (python) => {
  it.each(["azure", "openai"])(
    "%s: uploads, attaches, polls, searches, asks and streams",
    async (client) => {
      expect(await runPython(PROGRAM, { URL: server.url, CLIENT: client }, { python })).toBe(
        "ok\n",
      );
    },
  );

  it("goes on in a loop with functions of its own, while hosted tools run here", async () => {
    await using upstream = await startScriptedUpstream();
    await using own = await startTestServer({ OPENAI_BASE_URL: upstream.baseUrl });
    useTools(upstream);
    expect(await runPython(TOOLS_PROGRAM, { URL: own.url }, { python })).toBe("ok\n");
  });
});
