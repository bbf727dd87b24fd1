/** Text at a place in points from the bottom left; set in size 1 and scaled, as many programs do. */
export interface PdfText {
  text: string;
  x: number;
  y: number;
  size: number;
}

/** A plain PDF, page by page: A4, Helvetica; a bare line is of size 10, 14 points below the one before. Latin letters only. */
export function writePdf(pages: (string | PdfText)[][]): Buffer {
  const objects: string[] = ["<< /Type /Catalog /Pages 2 0 R >>", ""];
  objects.push("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  const pageIds: number[] = [];
  for (const lines of pages) {
    const content = lines.map(drawn).join("\n");
    objects.push(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${objects.length} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
    );
    pageIds.push(objects.length);
  }
  objects[1] = `<< /Type /Pages /Kids [${pageIds.map((id) => `${id} 0 R`).join(" ")}] /Count ${pageIds.length} >>`;
  return assemble(objects);
}

function drawn(line: string | PdfText, index: number): string {
  const text = typeof line === "string" ? line : line.text;
  const place =
    typeof line === "string"
      ? `/F1 10 Tf 50 ${790 - index * 14} Td`
      : `/F1 1 Tf ${line.size} 0 0 ${line.size} ${line.x} ${line.y} Tm`;
  return `BT ${place} (${text.replaceAll(/[\\()]/gu, "\\$&")}) Tj ET`;
}

function assemble(objects: string[]): Buffer {
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  file += `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.lastIndexOf("xref\n0")}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}
