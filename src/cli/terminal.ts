/** Ends the command quietly when whoever reads its output stops reading, as `groundwire search … | head -1` does. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
}

/** Text of documents, file names and models without what could move the cursor, recolour or retitle a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}--[\n\t]]/gv, "");
}
