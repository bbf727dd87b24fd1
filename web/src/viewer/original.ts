import { request } from "../documents/request.ts";
import { download } from "../session.ts";

/** Browsers need a moment to take the bytes of an address over. */
const KEEP_ADDRESS_MS = 60_000;

/** A PDF in a window of the browser's own viewer. Keys are sent in a header, which links cannot. */
export async function openOriginal(fileId: string, page: number | null): Promise<void> {
  const response = await request(contentPath(fileId));
  const bytes = new Blob([await response.arrayBuffer()], { type: "application/pdf" });
  const address = URL.createObjectURL(bytes);
  window.open(page === null ? address : `${address}#page=${page}`, "_blank", "noopener");
  setTimeout(() => URL.revokeObjectURL(address), KEEP_ADDRESS_MS);
}

export async function saveOriginal(fileId: string, filename: string): Promise<void> {
  await download(contentPath(fileId), filename);
}

function contentPath(fileId: string): string {
  return `/openai/v1/files/${encodeURIComponent(fileId)}/content`;
}
