import { wordVector } from "./word-vector.ts";

export interface KitDocument {
  id: string;
  title: string;
  content: string;
  url: string;
  filepath: string;
  group: string;
  vector: number[];
}

/** Length of the vectors of `KIT_DOCUMENTS`; the deployment `words-32` of `openTestContext` embeds alike. */
export const KIT_DIMENSIONS = 32;

/** The first one answers how many days of annual leave there are, by words and by meaning. */
export const KIT_DOCUMENTS: readonly KitDocument[] = [
  {
    title: "Annual leave",
    group: "staff",
    content: "All employees get thirty days of annual leave. Many take the days in summer.",
  },
  {
    title: "Sick leave",
    group: "staff",
    content:
      "Who is ill calls the manager before nine. A certificate is needed from the third day on.",
  },
  {
    title: "Leave for sales",
    group: "sales",
    content: "The sales team cannot take leave in the last week of a quarter.",
  },
  {
    title: "Travel expenses",
    group: "sales",
    content: "Trains are booked second class; receipts are handed in within a month.",
  },
  {
    title: "Printers",
    group: "office",
    content: "Toner stands in the cupboard beside the lift on every floor.",
  },
].map((document, index) => {
  const name = document.title.toLowerCase().replaceAll(" ", "-");
  return {
    ...document,
    id: `doc-${index + 1}`,
    url: `https://handbook.example.com/${name}`,
    filepath: `${name}.md`,
    vector: wordVector(document.content, KIT_DIMENSIONS),
  };
});
