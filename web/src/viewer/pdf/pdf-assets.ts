/**
 * The worker of pdf.js, and the character maps, substitute fonts and image decoders it asks for by name: from our own origin,
 * each when a document needs it. The glob names their place on disk because packages cannot be named in one.
 */
const ADDRESSES: Record<string, string> = import.meta.glob(
  [
    "../../../../node_modules/pdfjs-dist/build/pdf.worker.min.mjs",
    "../../../../node_modules/pdfjs-dist/cmaps/*.bcmap",
    "../../../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}",
    "../../../../node_modules/pdfjs-dist/wasm/{jbig2,openjpeg,qcms_bg}.wasm",
  ],
  { query: "?url", import: "default", eager: true },
);

const BY_NAME = new Map(
  Object.entries(ADDRESSES).map(([path, url]) => [path.slice(path.lastIndexOf("/") + 1), url]),
);

export function pdfAsset(filename: string): string {
  const url = BY_NAME.get(filename);
  if (url === undefined) throw new Error(`pdf.js asks for ${filename}, which is not there.`);
  return url;
}

/** What pdf.js wants of its `BinaryDataFactory`. */
export class PdfAssets {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const response = await fetch(pdfAsset(filename));
    if (!response.ok) throw new Error(`${filename} could not be loaded (${response.status}).`);
    return new Uint8Array(await response.arrayBuffer());
  }
}
