/**
 * Brings the many spellings clients use to the one the routes know: doubled and trailing slashes, `/v1/…` for
 * `/openai/v1/…`, a deployment prefix before files and vector stores, slashes in deployment names. Answers are never redirects.
 */
export function normalizeUrl(url: string): string {
  const queryStart = url.indexOf("?");
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const query = queryStart === -1 ? "" : url.slice(queryStart);
  return normalizePath(path) + query;
}

/** Whatever stands before a known suffix is the deployment, so that names may hold slashes. */
const DEPLOYMENT_ROUTE =
  /^\/openai\/deployments\/(.+?)\/((?:extensions\/)?chat\/completions|embeddings)$/;
const RESOURCE_BELOW_DEPLOYMENT =
  /^\/openai\/deployments\/.+?\/((?:files|vector_stores)(?:\/.*)?)$/;

function normalizePath(rawPath: string): string {
  const collapsed = rawPath.replaceAll(/\/{2,}/g, "/");
  const path = collapsed.length > 1 && collapsed.endsWith("/") ? collapsed.slice(0, -1) : collapsed;
  if (path.startsWith("/v1/")) return `/openai${path}`;
  const deployment = DEPLOYMENT_ROUTE.exec(path);
  if (deployment !== null) {
    return `/openai/deployments/${(deployment[1] ?? "").replaceAll("/", "%2F")}/${deployment[2]}`;
  }
  const resource = RESOURCE_BELOW_DEPLOYMENT.exec(path);
  return resource === null ? path : `/openai/${resource[1]}`;
}
