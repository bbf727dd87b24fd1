import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type AzureSearchHost,
  startAzureSearchHost,
} from "../../src/testing/azure-search-host/azure-search-host.ts";
import { KIT_INDEX, kitIndex } from "../../src/testing/azure-search-host/kit-index.ts";
import { type EmbeddingHost, startEmbeddingHost } from "../../src/testing/embedding-host.ts";
import { KIT_DIMENSIONS } from "../../src/testing/source-documents.ts";
import { trustTestCertificate } from "../../src/testing/test-certificate.ts";
import { wordVector } from "../../src/testing/word-vector.ts";

export interface AzureSearchStand extends AsyncDisposable {
  /** Holds `KIT_DOCUMENTS`, and `EXAMPLE_INDEX`. */
  search: AzureSearchHost;
  embeddings: EmbeddingHost;
  /** What a server is started with: may reach both hosts, and embeds by the deployment `embedder`. */
  environment: Record<string, string>;
}

/** An index with the fields of the guide's example. */
export const EXAMPLE_INDEX = "example-index";

const EXAMPLE_TEXTS: Record<string, string> = {
  "Renewable energy": "New in renewable energy are turbines that float on the sea.",
  "Who is responsible": "The DRI of the opinion mining service is Ada Park.",
};

export interface AzureSearchStandOptions {
  /** Deployments that the built-in answerer answers. */
  answerers?: string[];
  /** Further lines of `groundwire.yaml`. */
  configuration?: (hosts: Pick<AzureSearchStand, "search" | "embeddings">) => string;
}

/** A search service and an embedding model for servers of this process. */
export async function startAzureSearchStand({
  answerers = ["gpt-4o"],
  configuration = () => "",
}: AzureSearchStandOptions = {}): Promise<AzureSearchStand> {
  trustTestCertificate();
  const search = await startAzureSearchHost();
  const embeddings = await startEmbeddingHost();
  search.indexes.set(KIT_INDEX, kitIndex());
  search.indexes.set(EXAMPLE_INDEX, exampleIndex());
  const folder = await mkdtemp(join(tmpdir(), "groundwire-azure-search-"));
  const path = join(folder, "groundwire.yaml");
  const lines = [
    "deployments:",
    `  embedder: { retries: 0, upstreams: [{ type: openai, base_url: "${embeddings.url}/v1" }] }`,
    ...answerers.map((name) => `  ${name}: {}`),
    configuration({ search, embeddings }),
  ];
  await writeFile(path, lines.join("\n"));
  return {
    search,
    embeddings,
    environment: { GROUNDWIRE_CONFIG: path, GROUNDWIRE_ALLOW_HOSTS: "localhost,127.0.0.1" },
    async [Symbol.asyncDispose]() {
      await search[Symbol.asyncDispose]();
      await embeddings[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function exampleIndex(): ReturnType<typeof kitIndex> {
  const { definition } = kitIndex();
  const documents = Object.entries(EXAMPLE_TEXTS).map(([title, content], index) => ({
    id: String(index),
    title,
    content,
    url: `https://example.com/${index}`,
    filepath: `${index}.md`,
    group_ids: [],
    words: 0,
    contentVector: wordVector(content, KIT_DIMENSIONS),
  }));
  return { definition, documents: new Map(documents.map((document) => [document.id, document])) };
}
