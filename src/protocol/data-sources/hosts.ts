import { type HostPattern, parseHostPattern } from "../../util/host-pattern.ts";
import type { AnySource } from "./parse.ts";

/** The hosts a source is asked at, as far as it names them: for what an operator allows by naming a source. */
export function hostsOf(source: AnySource): HostPattern[] {
  return textsOf(source)
    .flatMap(hostsIn)
    .map((text) => parseHostPattern(text))
    .filter((pattern) => pattern !== null);
}

/** Everything in a source that may hold a host: URLs, connection strings and bare names. */
function textsOf(source: AnySource): string[] {
  const embedding = "embedding" in source ? source.embedding : null;
  const embedder = embedding?.type === "endpoint" ? [embedding.endpoint] : [];
  switch (source.type) {
    case "azure_search":
    case "elasticsearch":
    case "mongo_db":
      return [source.endpoint, ...embedder];
    case "azure_cosmos_db":
      return source.authentication.type === "connection_string"
        ? [source.authentication.connectionString, ...embedder]
        : embedder;
    case "pinecone":
      return [source.environment, ...embedder].filter((text) => text.includes("://"));
    case "azure_ml_index":
    case "file_search":
    case "named":
      return [];
  }
}

const PORTS: Record<string, number> = { "http:": 80, "https:": 443 };

/** `host`, `scheme://user:password@host:port,host:port/…`; of `mongodb+srv` the domain too, whose hosts its records name. */
function hostsIn(text: string): string[] {
  const [, scheme = "", rest = text] = /^([a-z+]+:)\/\/(.*)$/iu.exec(text) ?? [];
  const authority = rest.split(/[/?#]/u, 1)[0] ?? "";
  const hosts = authority.slice(authority.lastIndexOf("@") + 1).split(",");
  const isWeb = scheme in PORTS;
  const isSeeded = scheme === "mongodb+srv:" || scheme === "";
  return hosts.flatMap((host) => {
    const withPort = isWeb && !/:\d+$/u.test(host) ? `${host}:${PORTS[scheme]}` : host;
    const domain = host.slice(host.indexOf("."));
    return isSeeded && domain.includes(".", 1) ? [withPort, `*${domain}`] : [withPort];
  });
}
