import { expect, test } from "vitest";

import { isNamedBy } from "../../util/host-pattern.ts";
import { hostsOf } from "./hosts.ts";
import { parseDataSources } from "./parse.ts";

const EMBEDDING = { type: "deployment_name", deployment_name: "ada" };
const MONGO = {
  app_name: "a",
  database_name: "d",
  index_name: "i",
  fields_mapping: { content_fields: ["c"], vector_fields: ["v"] },
  embedding_dependency: EMBEDDING,
};

function hosts(type: string, parameters: object) {
  const { sources } = parseDataSources([{ type, parameters }]);
  return sources.flatMap(({ source }) => hostsOf(source));
}

const search = (more: object) =>
  hosts("azure_search", {
    endpoint: "https://search.corp.internal",
    index_name: "i",
    authentication: { type: "api_key", key: "k" },
    ...more,
  });

test("a URL names its host and port", () => {
  const named = search({});
  expect(isNamedBy(named, "search.corp.internal", 443)).toBe(true);
  expect(isNamedBy(named, "search.corp.internal", 80)).toBe(false);
  expect(isNamedBy(search({ endpoint: "http://10.0.0.5:9200/" }), "10.0.0.5", 9200)).toBe(true);
  expect(isNamedBy(search({ endpoint: "https://[fd00::5]:9200" }), "fd00::5", 9200)).toBe(true);
});

test("an embedding endpoint is a host too", () => {
  const endpoint = "http://embed.corp.internal/openai/deployments/a/embeddings";
  const named = search({ embedding_dependency: { type: "endpoint", endpoint } });
  expect(isNamedBy(named, "embed.corp.internal", 80)).toBe(true);
});

test("a cluster names its domain, where its members are looked up", () => {
  const named = hosts("mongo_db", {
    ...MONGO,
    endpoint: "cluster.abcde.mongodb.net",
    collection_name: "c",
    authentication: { type: "username_and_password", username: "u", password: "p" },
  });
  expect(isNamedBy(named, "cluster.abcde.mongodb.net", 27017)).toBe(true);
  expect(isNamedBy(named, "shard-00-01.abcde.mongodb.net", 27017)).toBe(true);
  expect(isNamedBy(named, "cluster.other.mongodb.net", 27017)).toBe(false);
});

test("a connection string names each of its hosts, and nothing of its password", () => {
  const { app_name: _none, ...cosmos } = MONGO;
  const named = hosts("azure_cosmos_db", {
    ...cosmos,
    container_name: "c",
    authentication: {
      type: "connection_string",
      connection_string:
        "mongodb://user:p%40ss@a.corp.internal:27017,b.corp.internal:27018/?tls=true",
    },
  });
  expect(isNamedBy(named, "a.corp.internal", 27017)).toBe(true);
  expect(isNamedBy(named, "b.corp.internal", 27018)).toBe(true);
  expect(isNamedBy(named, "c.corp.internal", 27018)).toBe(false);
  expect(named).toHaveLength(2);
});
