import { type PDFPageProxy, type PageViewport, TextLayer } from "pdfjs-dist";

/** More would be slow to draw and not sharper to the eye. */
const MOST_PIXELS_PER_POINT = 2;
/** Browsers refuse or blank larger canvases. */
const MOST_PIXELS = 16_000_000;

export interface PageElements {
  canvas: HTMLCanvasElement;
  text: HTMLElement;
}

/**
 * Draws a page and lays its text over it for selecting and reading out. Rejects when `signal` aborts or the page is broken.
 */
export async function drawPage(
  page: PDFPageProxy,
  { canvas, text }: PageElements,
  { viewport, signal }: { viewport: PageViewport; signal: AbortSignal },
): Promise<void> {
  const density = densityFor(viewport);
  canvas.width = Math.floor(viewport.width * density);
  canvas.height = Math.floor(viewport.height * density);
  const drawing = page.render({ canvas, viewport, transform: [density, 0, 0, density, 0, 0] });
  text.replaceChildren();
  const layer = new TextLayer({
    textContentSource: page.streamTextContent(),
    container: text,
    viewport,
  });
  signal.addEventListener("abort", () => {
    drawing.cancel();
    layer.cancel();
  });
  await Promise.all([drawing.promise, layer.render()]);
}

function densityFor({ width, height }: PageViewport): number {
  const wanted = Math.min(devicePixelRatio, MOST_PIXELS_PER_POINT);
  return Math.min(wanted, Math.sqrt(MOST_PIXELS / (width * height)));
}
