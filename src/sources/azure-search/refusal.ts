import { type ErrorDetails, GroundwireError } from "../../protocol/errors.ts";
import { isObject } from "../../protocol/validation.ts";
import type { JsonReply } from "../../upstream/json-client.ts";
import { statusError } from "../source-errors.ts";

/** The service's own words for an index it could not read, which applications look for. */
const NOT_READABLE =
  "Invalid AzureCognitiveSearch configuration detected: Call to get Azure Search index failed. Check if you are using the correct Azure Search endpoint and index name. If you are using key based authentication, check if the admin key is correct. If you are using access token authentication or managed identity of Azure OpenAI, check if the Azure Search has enabled RBAC based authentication and if the user identity or Azure OpenAI managed identity has required role assignments to access Azure Search resource [https://aka.ms/aoaioydauthentication]. If the Azure Search resource has no public network access, make sure enable trusted service of Azure Search.";

/** The error of a search service that refused. A key for queries suffices here, whatever the words say of an admin key. */
export function refusalOf(reply: JsonReply, url: URL, indexName: string): GroundwireError {
  const { status, text } = reply;
  const place = `index '${indexName}'`;
  if (status === 401 || status === 403 || status === 404) {
    return new GroundwireError(
      "data_source_invalid",
      `${NOT_READABLE}\nAzure Search Error: ${status}, message='Server responded with status ${status}. Error message: ${text.trim()}'\nAsked for ${place} at ${url.host}.`,
      whatToDo(status, text),
    );
  }
  const explanation = messageIn(reply);
  const advice = adviceFor(status, explanation);
  return statusError(reply, {
    subject: "azure_search",
    url,
    place,
    explanation,
    ...(advice === null ? {} : { advice }),
  });
}

function whatToDo(
  status: 401 | 403 | 404,
  text: string,
): Required<Pick<ErrorDetails, "advice" | "aspect">> {
  if (status === 404) {
    return { aspect: "index", advice: "Check 'index_name' and 'endpoint'." };
  }
  // A key that is wrong is forbidden too, and told apart by its words only.
  return status === 401 || /api[ -]?key/iu.test(text)
    ? {
        aspect: "authenticated",
        advice: "Check 'authentication': a query key of this service suffices.",
      }
    : {
        aspect: "permitted",
        advice:
          "Give who is named in 'authentication' the role Search Index Data Reader, and let the service take role-based access.",
      };
}

function adviceFor(status: number, explanation: string): string | null {
  if (status === 402) {
    return "The semantic ranker's free queries of the month are used up: choose its standard plan, or a 'query_type' without 'semantic'.";
  }
  if (status !== 400) return null;
  if (/\$?filter\b|Invalid expression/iu.test(explanation)) return "Check 'filter'.";
  if (/semantic/iu.test(explanation)) return "Check 'semantic_configuration'.";
  if (/vector/iu.test(explanation)) {
    return "Check 'fields_mapping.vector_fields' and 'embedding_dependency'.";
  }
  return null;
}

function messageIn({ body, text }: JsonReply): string {
  const error = isObject(body) ? body["error"] : undefined;
  const message = isObject(error) ? error["message"] : undefined;
  return typeof message === "string" ? message : text;
}
