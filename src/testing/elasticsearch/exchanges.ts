import {
  callServer,
  createApiKey,
  EXACT_VECTORS,
  type ElasticsearchServer,
  indexCalls,
  prepareServer,
  type ServerCall,
} from "./calls.ts";

/** What a recorded answer says. */
export interface Recording {
  name: string;
  request: ServerCall;
  status: number;
  challenges?: string;
  body: unknown;
}

type Who = "reader" | "searcher" | "stranger" | "nobody" | "garbage";

/** What the keys may do with `handbook*`. */
const PRIVILEGES: Record<
  "reader" | "searcher" | "stranger",
  { names: string[]; privileges: string[] }
> = {
  reader: { names: ["handbook*"], privileges: ["read", "view_index_metadata"] },
  searcher: { names: ["handbook*"], privileges: ["read"] },
  stranger: { names: ["elsewhere"], privileges: ["read", "view_index_metadata"] },
};

const vector = (similarity: string): unknown => ({
  type: "dense_vector",
  dims: 3,
  similarity,
  index_options: EXACT_VECTORS,
});

const HANDBOOK = {
  id: { type: "keyword" },
  title: { type: "text", fields: { keyword: { type: "keyword" } } },
  content: { type: "text" },
  url: { type: "keyword" },
  meta: { properties: { filepath: { type: "keyword" } } },
  contentVector: vector("cosine"),
  distance: vector("l2_norm"),
  dot: vector("dot_product"),
  product: vector("max_inner_product"),
  stored: { type: "dense_vector", dims: 3, index: false },
  words: { type: "sparse_vector" },
  parts: { type: "nested", properties: { text: { type: "text" }, vector: vector("cosine") } },
};

const DOCUMENTS = [
  {
    id: "leave",
    title: "Annual leave",
    content: "Full-time employees get 25 days of annual leave.",
    url: "https://handbook.example.com/leave",
    meta: { filepath: "leave.md" },
    contentVector: [1, 0, 0],
    distance: [1, 0, 0],
    dot: [1, 0, 0],
    product: [1, 0, 0],
    stored: [1, 0, 0],
    words: { leave: 2, days: 0.5 },
    parts: [
      { text: "Days of leave are asked for by mail.", vector: [0.6, 0.8, 0] },
      { text: "Leave not taken ends in March.", vector: [0, 1, 0] },
    ],
  },
  {
    id: "crane",
    title: "Cranes",
    content: "The crane lifts 42 tonnes. The crane is yellow.",
    url: "https://handbook.example.com/crane",
    meta: { filepath: "crane.md" },
    contentVector: [0, 2, 0],
    distance: [0, 2, 0],
    dot: [0, 1, 0],
    product: [0, -2, 0],
    stored: [0, 1, 0],
    words: { crane: 1.5 },
  },
];

/** Behind the alias `handbook-all` beside the other; its content is a number and its vectors are shorter. */
const OTHER = {
  id: { type: "keyword" },
  content: { type: "long" },
  contentVector: { type: "dense_vector", dims: 2, index_options: EXACT_VECTORS },
};

const knn = (field: string, query: number[], more: object = {}): ServerCall => ({
  method: "POST",
  path: "/handbook/_search",
  body: {
    knn: { field, query_vector: query, k: 5, num_candidates: 10, ...more },
    _source: ["title"],
  },
});

const words = (
  query: unknown,
  { index = "handbook", ...more }: { index?: string } & Record<string, unknown> = {},
): ServerCall => ({
  method: "POST",
  path: `/${index}/_search`,
  body: { query, _source: false, ...more },
});

const LEAVE = "How many days of annual leave?";
const multiMatch = (more: object = {}): unknown => ({
  multi_match: { query: LEAVE, fields: ["content", "title"], tie_breaker: 0.3, ...more },
});

const EXCHANGES: [name: string, who: Who, call: ServerCall][] = [
  ["mapping", "reader", { method: "GET", path: "/handbook/_mapping" }],
  ["mapping of an alias", "reader", { method: "GET", path: "/handbook-all/_mapping" }],
  ["mapping of no index", "reader", { method: "GET", path: "/handbook-none/_mapping" }],
  [
    "mapping of a pattern that matches nothing",
    "reader",
    { method: "GET", path: "/handbook-none*/_mapping" },
  ],
  ["mapping without the privilege", "searcher", { method: "GET", path: "/handbook/_mapping" }],
  [
    "capabilities",
    "searcher",
    { method: "GET", path: "/handbook/_field_caps?fields=*&filters=-metadata" },
  ],
  ["words", "reader", words(multiMatch())],
  [
    "words without a hit",
    "reader",
    words({ multi_match: { query: "submarine", fields: ["content"] } }),
  ],
  [
    "words in a keyword",
    "reader",
    words({ multi_match: { query: "Cranes", fields: ["title.keyword"] } }),
  ],
  [
    "words in nested objects",
    "reader",
    words({
      nested: {
        path: "parts",
        query: { multi_match: { query: LEAVE, fields: ["parts.text"] } },
        score_mode: "max",
        inner_hits: { size: 3, _source: { includes: ["parts.text"] } },
      },
    }),
  ],
  [
    "source in part",
    "reader",
    words({ match_all: {} }, { _source: { includes: ["title", "meta.filepath", "parts.text"] } }),
  ],
  [
    "words of an alias where one index cannot",
    "reader",
    words(multiMatch(), { index: "handbook-all" }),
  ],
  [
    "words of an alias leniently",
    "reader",
    words(multiMatch({ lenient: true }), { index: "handbook-all" }),
  ],
  [
    "words of a pattern that matches nothing",
    "reader",
    words(multiMatch(), { index: "handbook-none*" }),
  ],
  [
    "weighted words",
    "reader",
    words({ sparse_vector: { field: "words", query_vector: { leave: 1, days: 2 } } }),
  ],
  ["cosine", "reader", knn("contentVector", [0.6, 0.8, 0])],
  ["distance", "reader", knn("distance", [0.6, 0.8, 0])],
  ["dot product", "reader", knn("dot", [0.6, 0.8, 0])],
  ["inner product", "reader", knn("product", [0.6, 0.8, 0])],
  [
    "vectors of nested objects",
    "reader",
    knn("parts.vector", [0.6, 0.8, 0], {
      inner_hits: { size: 3, _source: { includes: ["parts.text"] } },
    }),
  ],
  ["vector of other dimensions", "reader", knn("contentVector", [0.6, 0.8])],
  ["vector for a field that is not there", "reader", knn("missing", [0.6, 0.8, 0])],
  ["vector for words", "reader", knn("content", [0.6, 0.8, 0])],
  ["vector for a field without an index", "reader", knn("stored", [0.6, 0.8, 0])],
  ["search of no index", "reader", words(multiMatch(), { index: "handbook-none" })],
  ["search without the privilege", "stranger", words(multiMatch())],
  ["search without a key", "nobody", words(multiMatch())],
  ["search with a key nobody gave out", "garbage", words(multiMatch())],
];

const GARBAGE = Buffer.from("unknown-id:unknown-key").toString("base64");

/** Asks a server everything above. What differs from run to run is replaced, so that answers can be compared. */
export async function recordExchanges(server: ElasticsearchServer): Promise<Recording[]> {
  await prepareServer(server, [
    ...indexCalls("handbook", HANDBOOK, DOCUMENTS),
    ...indexCalls("handbook-2", OTHER, [{ id: "1", content: 5, contentVector: [1, 0] }]),
    {
      method: "POST",
      path: "/_aliases",
      body: {
        actions: ["handbook", "handbook-2"].map((index) => ({
          add: { index, alias: "handbook-all" },
        })),
      },
    },
  ]);
  const keys = new Map<Who, string>([["garbage", GARBAGE]]);
  const changing: [string, string][] = [];
  for (const who of ["reader", "searcher", "stranger"] as const) {
    const key = await createApiKey(server, PRIVILEGES[who]);
    keys.set(who, key.encoded);
    changing.push([key.id, `<${who}>`]);
  }
  const recordings: Recording[] = [];
  for (const [name, who, request] of EXCHANGES) {
    const encoded = keys.get(who);
    const { status, headers, body } = await callServer(
      { url: server.url, authorization: encoded === undefined ? "" : `ApiKey ${encoded}` },
      request,
    );
    const challenges = headers.get("www-authenticate");
    recordings.push({
      name,
      request,
      status,
      ...(challenges === null ? {} : { challenges }),
      body: steady(body, changing),
    });
  }
  return recordings;
}

const CHANGING_KEYS = ["took", "node", "index_uuid"];

function steady(value: unknown, changing: [string, string][]): unknown {
  if (typeof value === "string") {
    return changing.reduce((text, [id, name]) => text.replaceAll(id, name), value);
  }
  // Single precision, summed in another order.
  if (typeof value === "number") return Number(value.toPrecision(6));
  if (Array.isArray(value)) return value.map((item: unknown) => steady(item, changing));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .map(
      ([key, inner]) =>
        [
          key,
          CHANGING_KEYS.includes(key) && inner !== "_na_" ? `<${key}>` : steady(inner, changing),
        ] as const,
    )
    // An order that JSON objects do not have.
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries);
}
