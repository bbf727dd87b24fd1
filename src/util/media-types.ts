const BY_EXTENSION: Record<string, string> = {
  csv: "text/csv",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  gif: "image/gif",
  htm: "text/html",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  md: "text/markdown",
  pdf: "application/pdf",
  png: "image/png",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  svg: "image/svg+xml",
  txt: "text/plain",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  zip: "application/zip",
};

const UNKNOWN = "application/octet-stream";

/** The declared media type, without parameters, unless it says nothing; then that of the file name's extension. */
export function mediaTypeOf(filename: string, declared?: string): string {
  const type = (declared ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type !== UNKNOWN && /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(type)) return type;
  const extension = filename.slice(filename.lastIndexOf(".") + 1).toLowerCase();
  return (Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined) ?? UNKNOWN;
}
