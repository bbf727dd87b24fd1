import type { FastifyRequest } from "fastify";
import { readParameters, vectorStoreIdsOf } from "../../protocol/data-sources/parse.ts";
import type { SourceDefinition } from "../../protocol/data-sources/resolve-named.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { MOST_NAMES, type McpQuery } from "../../protocol/mcp.ts";
import { isVectorStoreId } from "../../protocol/vector-stores.ts";
import type { VectorStoreRecord } from "../../storage/storage.ts";
import { canBeNarrowed } from "../document-access.ts";
import { expiryOf } from "../lookup.ts";
import type { HttpServices } from "../services-type.ts";

/** Names in a sentence about what there is. */
const MOST_TOLD = 30;

/** Where a caller's documents are looked for. */
export interface Places {
  /** Sources of the configuration, by name. */
  named: NamedPlace[];
  stores: VectorStoreRecord[];
  /** Somebody has named them, so they count as used. */
  areChosen: boolean;
}

interface NamedPlace {
  name: string;
  /** Vector stores of this server behind it. */
  storeIds: string[];
}

/**
 * What the caller may search: the named sources that are open to the tenant, and its newest stores. With `only`: nothing but
 * what that names.
 * @throws GroundwireError `not_found` for a name of `only` that is none of them.
 */
export async function placesOf(
  services: HttpServices,
  request: FastifyRequest,
  only: McpQuery,
): Promise<Places> {
  const { tenant } = request.context.principal;
  const named = await namedPlaces(services, request);
  if (only.store === undefined && only.source === undefined) {
    const { data } = await services.storage.vectorStores.list(tenant, {
      limit: MOST_NAMES,
      order: "desc",
    });
    const stores = data.filter((store) => isLive(store, services.now()));
    return { named, stores, areChosen: false };
  }
  const stores: VectorStoreRecord[] = [];
  for (const id of new Set(only.store)) {
    const store = await liveStore(services, tenant, id);
    if (store === null) throw unknown(id, "vector store", []);
    stores.push(store);
  }
  return {
    stores,
    areChosen: true,
    named: [...new Set(only.source)].map((name) => {
      const found = named.find((place) => place.name === name);
      if (found) return found;
      throw unknown(
        name,
        "source",
        named.map((place) => place.name),
      );
    }),
  };
}

/** Those of the places that a search asks for, by names of sources and ids or names of stores. */
export function choosePlaces(places: Places, wanted: readonly string[] | undefined): Places {
  if (wanted === undefined) return places;
  for (const name of wanted) {
    const isThere =
      places.named.some((place) => place.name === name) ||
      places.stores.some((store) => isCalled(store, name));
    if (!isThere) throw unknown(name, "source", namesOf(places));
  }
  return {
    areChosen: true,
    named: places.named.filter(({ name }) => wanted.includes(name)),
    stores: places.stores.filter((store) => wanted.some((name) => isCalled(store, name))),
  };
}

/** What the places are called, for models to choose from. */
export function namesOf({ named, stores }: Places): string[] {
  return [...named.map(({ name }) => name), ...stores.map(({ id, name }) => name ?? id)];
}

/** Some of the names, in a sentence. */
export function toldNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_TOLD).map((name) => `'${name.slice(0, 100)}'`);
  return `${shown.join(", ")}${names.length > shown.length ? " and others" : ""}`;
}

async function namedPlaces(
  { settings, storage }: HttpServices,
  { context: { principal } }: FastifyRequest,
): Promise<NamedPlace[]> {
  const { tenant, access } = principal;
  const isTheirs = ({ type, tenants }: SourceDefinition): boolean =>
    (tenants?.includes(tenant) ?? true) && (access === undefined || canBeNarrowed(type));
  const places: NamedPlace[] = [];
  for (const [name, definition] of Object.entries(settings.sources)) {
    if (!isTheirs(definition)) continue;
    const { type, parameters } = definition;
    const storeIds = vectorStoreIdsOf([readParameters(type, parameters, [])]);
    const own = await Promise.all(storeIds.map((id) => storage.vectorStores.get(tenant, id)));
    if (own.every((store) => store !== null)) places.push({ name, storeIds });
  }
  return places;
}

async function liveStore(
  { storage, now }: HttpServices,
  tenant: string,
  id: string,
): Promise<VectorStoreRecord | null> {
  const store = isVectorStoreId(id) ? await storage.vectorStores.get(tenant, id) : null;
  return store !== null && isLive(store, now()) ? store : null;
}

function isLive(store: VectorStoreRecord, now: number): boolean {
  const expiry = expiryOf(store);
  return expiry === null || expiry > now;
}

function isCalled({ id, name }: VectorStoreRecord, wanted: string): boolean {
  return id === wanted || name === wanted;
}

function unknown(name: string, kind: string, known: string[]): GroundwireError {
  return new GroundwireError(
    "not_found",
    `There is no ${kind} '${name.slice(0, 100)}' to search.${known.length === 0 ? "" : ` There are: ${toldNames(known)}.`}`,
  );
}
