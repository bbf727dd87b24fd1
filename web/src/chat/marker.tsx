import { useLingui } from "@lingui/react/macro";
import { createContext, useContext } from "react";
import { Button, Tooltip, TooltipTrigger } from "react-aria-components";
import type { CitationNode } from "../markdown/cited-text.ts";
import { headingOf, pageOf, snippetOf, titleOf } from "./citation-place.ts";
import styles from "./marker.module.css";
import type { ShownAnswer } from "./shown-answer.ts";

interface MarkerState {
  citations: ShownAnswer["citations"];
  /** Position of the citation that is open. */
  openIndex: number | null;
  open: (index: number) => void;
}

export const MarkerContext = createContext<MarkerState | null>(null);

/** The number of a source behind what it supports. Pressed, it opens the document at the passage. */
export function Marker({ node: { citation: index, number } }: { node: CitationNode }) {
  const state = useContext(MarkerContext);
  const citation = state?.citations[index];
  const name = useSourceName(number, citation);
  if (state === null || citation === undefined) return null;
  const isOpen = state.openIndex === index;
  const heading = headingOf(citation);
  return (
    <>
      {/* A marker never begins a line. */}
      {"\u2060"}
      <sup className={styles["sup"]}>
        <TooltipTrigger delay={300} closeDelay={120}>
          <Button
            className={styles["marker"] ?? ""}
            aria-label={name}
            aria-pressed={isOpen}
            {...(isOpen ? { "aria-controls": "document-bay" } : {})}
            data-marker={number}
            onPress={() => state.open(index)}
          >
            {number}
          </Button>
          <Tooltip className={styles["card"] ?? ""} placement="top" offset={8}>
            <strong dir="auto">{titleOf(citation)}</strong>
            {heading === null ? null : <span dir="auto">{heading}</span>}
            <q dir="auto">{snippetOf(citation)}</q>
          </Tooltip>
        </TooltipTrigger>
      </sup>
    </>
  );
}

/** "Source 2, Leave policy, page 6" */
export function useSourceName(
  number: number,
  citation: ShownAnswer["citations"][number] | undefined,
): string {
  const { t } = useLingui();
  const title = (citation && titleOf(citation)) ?? t`Passage`;
  const page = citation ? pageOf(citation) : null;
  return page === null
    ? t`Source ${number}, ${title}`
    : t`Source ${number}, ${title}, page ${page}`;
}
