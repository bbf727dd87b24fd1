import { afterAll, beforeAll, describe, expect, it } from "vitest";

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
});
