import type { SpecDocument, SpecDocuments } from "./spec-documents.ts";
import { endpointOf } from "./spec-validator.ts";
import type { CheckedExchange, Tally } from "./tally.ts";

/** Markdown, without anything that differs from run to run. */
export function toReport(tallies: Tally[], documents: SpecDocuments | null): string {
  const checked = tallies.flatMap((tally) => tally.checked);
  const served = [...new Set(tallies.flatMap((tally) => tally.served))];
  if (documents === null) {
    return `${checked.length} exchanges; nothing was validated: GROUNDWIRE_TEST_SPEC names no folder of API documents.`;
  }
  const all = [...documents.dated, ...documents.v1];
  return [
    endpointTable(checked, all),
    "Known differences between the documents and the service's own answers, met and let through:",
    allowedList(checked),
    "Operations of the documents, by document:",
    coverageTable(checked, all, served),
    "Not served, by the first step of their path:",
    notServedList(all, served),
  ].join("\n\n");
}

function endpointTable(checked: CheckedExchange[], documents: SpecDocument[]): string {
  const endpoints = new Set(checked.flatMap(({ verdicts }) => verdicts.map((v) => v.endpoint)));
  const rows = [...endpoints].toSorted(byPath).map((endpoint) => {
    const here = checked.filter(({ verdicts }) => verdicts.some((v) => v.endpoint === endpoint));
    const verdicts = here.flatMap((entry) => entry.verdicts);
    const requests = withoutPolls(here);
    const statuses = [...new Set(here.map(({ exchange }) => exchange.status))].toSorted();
    const described = documents.filter(({ operations }) =>
      [...operations.keys()].some((operation) => endpointOf(operation) === endpoint),
    );
    return [
      `\`${endpoint}\``,
      `${described.length}`,
      `${new Set(here.map(({ exchange }) => exchange.client)).size}`,
      `${requests.length}`,
      statuses.join(", "),
      `${requests.flatMap((entry) => entry.verdicts).reduce((sum, { checked: count }) => sum + count, 0)}`,
      `${verdicts.reduce((sum, { violations }) => sum + violations.length, 0)}`,
    ];
  });
  return table(
    ["endpoint", "documents", "clients", "requests", "statuses", "values checked", "violations"],
    rows,
  );
}

/** Clients ask again and again how far a file is: how often is chance, so that the same question with the same answer counts once. */
function withoutPolls(checked: CheckedExchange[]): CheckedExchange[] {
  const seen = new Set<string>();
  return checked.filter(({ exchange: { client, method, path, apiVersion, status } }) => {
    if (method !== "GET") return true;
    const key = [client, path, apiVersion, status].join(" ");
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function allowedList(checked: CheckedExchange[]): string {
  const reasons = checked.flatMap(({ verdicts }) => verdicts.flatMap(({ allowed }) => allowed));
  return [...new Set(reasons)]
    .toSorted()
    .map((reason) => `- ${reason}`)
    .join("\n");
}

function coverageTable(
  checked: CheckedExchange[],
  documents: SpecDocument[],
  served: string[],
): string {
  const rows = documents.map((document) => {
    const operations = [...document.operations.keys()];
    const servedHere = operations.filter((operation) => isServed(operation, document, served));
    const tried = servedHere.filter((operation) =>
      checked.some(({ verdicts }) =>
        verdicts.some(
          (verdict) =>
            verdict.document === document.name && verdict.endpoint === endpointOf(operation),
        ),
      ),
    );
    const values = checked
      .flatMap(({ verdicts }) => verdicts)
      .filter((verdict) => verdict.document === document.name);
    const violations = values.reduce((sum, verdict) => sum + verdict.violations.length, 0);
    return [
      document.name,
      `${operations.length}`,
      `${servedHere.length}`,
      `${tried.length}`,
      `${violations}`,
    ];
  });
  return table(["document", "operations", "served", "served and tried", "violations"], rows);
}

function notServedList(documents: SpecDocument[], served: string[]): string {
  const groups = new Map<string, Set<string>>();
  for (const document of documents) {
    for (const operation of document.operations.keys()) {
      if (isServed(operation, document, served)) continue;
      const endpoint = endpointOf(operation);
      const group = endpoint.split("/")[1] ?? "";
      groups.set(group, (groups.get(group) ?? new Set()).add(endpoint));
    }
  }
  return [...groups]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([group, endpoints]) => `- \`/${group}\`: ${listed([...endpoints].toSorted(byPath))}`)
    .join("\n");
}

/** Where some of a group is served, what is missing has a name; groups of another product are counted. */
function listed(endpoints: string[]): string {
  if (endpoints.length > 6) return `${endpoints.length} operations`;
  return endpoints.map((endpoint) => `\`${endpoint}\``).join(", ");
}

/** Parameters have other names in every document. */
function isServed(operation: string, { version }: SpecDocument, served: string[]): boolean {
  const prefix = version === null ? "/openai/v1" : "/openai";
  const shape = (text: string): string => text.replaceAll(/\{[^}]*\}/gu, "{}");
  const wanted = shape(operation.replace(" ", ` ${prefix}`));
  return served.some((candidate) => shape(candidate) === wanted);
}

function byPath(left: string, right: string): number {
  const key = (endpoint: string): string => endpoint.split(" ").toReversed().join(" ");
  return key(left) < key(right) ? -1 : 1;
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
