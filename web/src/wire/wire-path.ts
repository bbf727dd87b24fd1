type Edges = Pick<DOMRect, "left" | "right" | "top" | "bottom">;

/** Where the line runs below the marker: in the blank between two lines. Pixels. */
const BELOW = 4;
/** Left free before the passage. Pixels. */
const BEFORE = 3;
const RADIUS = 6;

/** The three strokes from a marker to the passage it names, as data of SVG paths, in pixels of the window. */
export interface WirePath {
  /** From the marker to the seam between conversation and document. */
  out: string;
  /** Along the seam. */
  seam: string;
  /** From the seam to where the passage begins. */
  in: string;
}

/**
 * @param seam Where the document begins, from the left.
 * @param isMirrored The document is on the left of the conversation.
 */
export function wirePath({
  marker,
  passage,
  seam,
  isMirrored,
}: {
  marker: Edges;
  passage: Edges;
  seam: number;
  isMirrored: boolean;
}): WirePath {
  const start = (marker.left + marker.right) / 2;
  const level = marker.bottom + BELOW;
  const target = {
    x: isMirrored ? passage.right + BEFORE : passage.left - BEFORE,
    y: (passage.top + Math.min(passage.bottom, passage.top + 24)) / 2,
  };
  const along = target.y - level;
  const bend = Math.min(RADIUS, Math.abs(along) / 2);
  const down = Math.sign(along) * bend;
  const side = isMirrored ? -1 : 1;
  return {
    out: `M${start} ${marker.bottom}V${level - 2}Q${start} ${level} ${start + 2 * side} ${level}H${seam - bend * side}Q${seam} ${level} ${seam} ${level + down}`,
    seam: `M${seam} ${level + down}V${target.y - down}`,
    in: `M${seam} ${target.y - down}Q${seam} ${target.y} ${seam + bend * side} ${target.y}H${target.x}`,
  };
}

/** Whether an element that is scrolled in another can be seen. */
export function isWithin(inner: Edges, outer: Edges): boolean {
  return (
    inner.top >= outer.top &&
    inner.top <= outer.bottom - BELOW &&
    inner.left >= outer.left - 1 &&
    inner.right <= outer.right + 1
  );
}
