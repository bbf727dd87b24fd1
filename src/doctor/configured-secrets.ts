import type { IdentitySettings, Settings, UpstreamSettings } from "../config/settings.ts";
import type { DataSource } from "../protocol/data-sources/parse.ts";
import { secretsOf } from "../protocol/data-sources/secrets.ts";
import { configuredSources } from "./configured.ts";

/** Every secret the configuration holds, for masking whatever repeats one. */
export function configuredSecrets(settings: Settings): string[] {
  const { deployments, upstream, identities, apiKeys, signIn } = settings;
  const upstreams = Object.values(deployments).flatMap((one) => one.upstreams.map(({ to }) => to));
  return [
    ...secretsIn(configuredSources(settings).map(({ source }) => source)),
    ...[...upstreams, ...(upstream === null ? [] : [upstream])].flatMap(keyOf),
    ...identities.flatMap(({ credential }) => secretOf(credential)),
    ...apiKeys.map(({ key }) => key),
    ...(signIn === null || signIn.clientSecret === null ? [] : [signIn.clientSecret]),
  ];
}

export function secretsIn(sources: readonly Pick<DataSource, "source">[]): string[] {
  return sources.flatMap(({ source }) => secretsOf(source));
}

function keyOf({ apiKey }: UpstreamSettings): string[] {
  return apiKey === null ? [] : [apiKey];
}

function secretOf(credential: IdentitySettings["credential"]): string[] {
  switch (credential.type) {
    case "api_key":
      return [credential.key];
    case "client_secret":
      return [credential.clientSecret];
    case "default":
    case "managed_identity":
      return [];
  }
}
