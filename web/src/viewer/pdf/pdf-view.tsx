import { type CSSProperties, type RefObject, useEffect, useMemo, useRef, useState } from "react";

import type { DocumentOutline } from "../document-queries.ts";
import type { Passage } from "../passages.ts";
import { useNear } from "../use-near.ts";
import { lineBoxes, layOutPages, type PageLayout, plainMapping } from "./page-layout.ts";
import { marksByPage } from "./page-marks.tsx";
import { PdfPage } from "./pdf-page.tsx";
import styles from "./pdf.module.css";
import { useElementWidth } from "./use-element-width.ts";
import { useOpenedPdf } from "./use-opened-pdf.ts";

/** Where in the visible height a passage is put. */
const PASSAGE_AT = 0.25;

interface PdfViewProps {
  fileId: string;
  outline: DocumentOutline;
  passages: Passage[];
  /** Position in `passages`. */
  current: number;
  /** 1: the widest text fills the width. */
  zoom: number;
  scroller: RefObject<HTMLElement | null>;
}

/** A PDF at the current passage. All pages have their places at once, by the sizes the server tells; only near ones are drawn. */
export function PdfView(props: PdfViewProps) {
  const { fileId, outline, passages, current, zoom, scroller } = props;
  const pages = useRef<HTMLDivElement>(null);
  const available = useElementWidth(pages);
  const layout = useMemo(
    () => layOutPages(outline.parts, { available, zoom }),
    [outline, available, zoom],
  );
  const { document, error } = useOpenedPdf(fileId);
  const { near, observe } = useNear(scroller);
  const marks = useMemo(() => marksByPage(passages, current), [passages, current]);
  useScrollToPassage({ scroller, pages, layout, passage: passages[current] });

  if (error !== null) return <p role="alert">{error}</p>;
  const style: CSSProperties & Record<`--${string}`, string> = {
    "--cropped": `${layout.left}px`,
    "--shown": `${layout.width}px`,
  };
  return (
    <div ref={pages} className={styles["pages"]} style={style}>
      {layout.pages.map((size, index) => (
        <PdfPage
          key={index}
          index={index}
          observe={observe}
          document={document}
          size={size}
          scale={layout.scale}
          isNear={near.has(index)}
          marks={marks.get(index + 1)}
        />
      ))}
    </div>
  );
}

interface Scrolling {
  scroller: RefObject<HTMLElement | null>;
  pages: RefObject<HTMLElement | null>;
  layout: PageLayout;
  passage: Passage | undefined;
}

/** Goes to the passage when it changes; when sizes change, what is looked at stays where it is. */
function useScrollToPassage({ scroller, pages, layout, passage }: Scrolling): void {
  const [shown, setShown] = useState<{ passage: Passage | undefined; scale: number } | null>(null);
  const isLaidOut = layout.scale > 0;
  useEffect(() => {
    const element = scroller.current;
    if (!element || !pages.current || !isLaidOut) return;
    if (shown?.passage !== passage || shown === null)
      scrollTo(element, { pages: pages.current, layout, passage });
    else if (shown.scale !== layout.scale) element.scrollTop *= layout.scale / shown.scale;
    if (shown?.passage !== passage || shown?.scale !== layout.scale)
      setShown({ passage, scale: layout.scale });
  }, [scroller, pages, layout, passage, isLaidOut, shown]);
}

function scrollTo(
  scroller: HTMLElement,
  {
    pages,
    layout,
    passage,
  }: { pages: HTMLElement; layout: PageLayout; passage: Passage | undefined },
): void {
  const region = passage?.anchor?.kind === "pdf" ? passage.anchor.regions[0] : undefined;
  const number = region?.page ?? passage?.page ?? 1;
  const page = pages.children[number - 1];
  if (!(page instanceof HTMLElement)) return;
  const top = page.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  const [line] = region ? lineBoxes(region, plainMapping(region.box, layout.scale)) : [];
  scroller.scrollTop += top + (line ? line.top - scroller.clientHeight * PASSAGE_AT : 0);
  if (line) scroller.scrollLeft = Math.max(0, line.left - layout.left - 40);
}
