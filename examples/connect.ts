import { AzureOpenAI } from "openai";

const {
  GROUNDWIRE_URL = "http://127.0.0.1:8080",
  GROUNDWIRE_API_KEY = "any",
  MODEL = "o1",
} = process.env;

/** The official client, as it was pointed at Azure OpenAI: only the endpoint is another one. */
export const client = new AzureOpenAI({
  endpoint: GROUNDWIRE_URL,
  apiKey: GROUNDWIRE_API_KEY,
  apiVersion: "2024-12-01-preview",
});

/** Name of the deployment. */
export const model = MODEL;

/** The store to ask; that of the samples unless `VECTOR_STORE_ID` names another one. */
export const vectorStoreId = process.env["VECTOR_STORE_ID"] ?? "vs_samplehandbook";
