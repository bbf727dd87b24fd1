import {
  refuseByVersion,
  refuseExtraInputs,
  refuseForeignFields,
  refuseHostedTools,
  toolsWin,
} from "../protocol/strict/chat.ts";
import type { Asked } from "./answer-here.ts";
import { hasDataSources } from "./grounded-request.ts";

/**
 * Holds a chat request to what the service took, in strict mode. What comes back is without data sources when the
 * service would not have looked at them.
 * @throws GroundwireError with what the service would have answered
 */
export function holdToService(asked: Asked): Asked {
  const { body, deployment, request } = asked;
  const { context } = request;
  const version = context.apiVersion;
  refuseByVersion(body, { version, model: gateOf(deployment) });
  if (!hasDataSources({ ...body, dataSources: undefined })) {
    refuseForeignFields(body);
    return asked;
  }
  context.errorEnvelope = "on_your_data";
  refuseExtraInputs(body, version);
  refuseHostedTools(body);
  if (!toolsWin(body)) return asked;
  const { data_sources: _ignored, ...plain } = body;
  context.errorEnvelope = "openai";
  context.rawBody = null;
  context.warnings.push("'data_sources' ignored beside tools; 'tool_choice' 'none' would use them");
  return { ...asked, body: plain };
}

function gateOf(deployment: Asked["deployment"]): { since: string; subject: string } | null {
  if (deployment.kind === "extractive") return null;
  const { id, family } = deployment.model;
  const since = family.firstApiVersion;
  return since === null ? null : { since, subject: `Model ${id}` };
}
