import OpenAI, { AzureOpenAI } from "openai";
import OpenAI6, { AzureOpenAI as AzureOpenAI6 } from "openai-6";

import { KEY, type Stand } from "./stand.ts";

/** Versions of the dated API that clients still ask for. */
export const DATED_VERSIONS = [
  "2024-02-01",
  "2024-05-01-preview",
  "2024-06-01",
  "2024-10-21",
  "2024-12-01-preview",
  "2025-04-01-preview",
];

export interface OfficialClient {
  name: string;
  /** The version of the dated API; null for v1. */
  apiVersion: string | null;
  /** Its error classes. */
  errors: Pick<
    typeof OpenAI,
    | "APIError"
    | "AuthenticationError"
    | "BadRequestError"
    | "NotFoundError"
    | "RateLimitError"
    | "InternalServerError"
  >;
  connect(stand: Stand, options?: { apiKey?: string; maxRetries?: number }): OpenAI;
}

interface Major {
  name: string;
  Plain: typeof OpenAI;
  Azure: typeof AzureOpenAI;
}

const MAJORS: Major[] = [
  { name: "openai 7", Plain: OpenAI, Azure: AzureOpenAI },
  // What these tests call has the same signatures in both majors.
  {
    name: "openai 6",
    Plain: OpenAI6 as unknown as typeof OpenAI,
    Azure: AzureOpenAI6 as unknown as typeof AzureOpenAI,
  },
];

/** Both majors of the official Node client: as `AzureOpenAI` with each version, and as `OpenAI`. */
export const OFFICIAL_CLIENTS: OfficialClient[] = MAJORS.flatMap(({ name, Plain, Azure }) => [
  ...DATED_VERSIONS.map((apiVersion): OfficialClient => ({
    name: `${name} AzureOpenAI ${apiVersion}`,
    apiVersion,
    errors: Plain,
    connect: ({ server, recorder }, options) =>
      new Azure({
        endpoint: server.url,
        apiKey: KEY,
        apiVersion,
        fetch: recorder.fetchOf(`${name} AzureOpenAI`),
        ...options,
      }),
  })),
  {
    name: `${name} OpenAI`,
    apiVersion: null,
    errors: Plain,
    connect: ({ server, recorder }, options) =>
      new Plain({
        baseURL: `${server.url}/openai/v1`,
        apiKey: KEY,
        fetch: recorder.fetchOf(`${name} OpenAI`),
        ...options,
      }),
  },
]);
