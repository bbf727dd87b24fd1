/** A file of a question, as its kept message has it in `attachments`. */
export interface SentFile {
  file_id: string;
  filename: string;
}

/** Those of a kept message; what other clients have written there is left out. */
export function sentFilesOf(message: Record<string, unknown>): SentFile[] {
  const { attachments } = message;
  return Array.isArray(attachments) ? attachments.filter(isSentFile) : [];
}

function isSentFile(value: unknown): value is SentFile {
  if (typeof value !== "object" || value === null) return false;
  const { file_id: id, filename } = value as Partial<SentFile>; // what it has is looked at next
  return typeof id === "string" && typeof filename === "string";
}
