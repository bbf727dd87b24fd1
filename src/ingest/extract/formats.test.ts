import { describe, expect, it } from "vitest";

import { kindOf } from "./formats.ts";

const kind = (filename: string, bytes: Buffer | string, mediaType?: string): string =>
  kindOf({ filename, bytes: Buffer.from(bytes), ...(mediaType ? { mediaType } : {}) });

describe("the type of a file", () => {
  it("is PDF by its bytes, under any name and with a mark or blanks before them", () => {
    expect(kind("a.txt", "%PDF-1.7\n")).toBe("pdf");
    expect(kind("a", "\uFEFF\n%PDF-1.7\n")).toBe("pdf");
    expect(kind("a.pdf", "some bytes of a mail\r\n\r\n%PDF-1.7\n")).toBe("pdf");
  });

  it("is not PDF for a text that only mentions its signature", () => {
    expect(kind("formats.md", "A PDF begins with %PDF-1.7.")).toBe("markdown");
    expect(kind("sniff.ts", 'if (text.startsWith("%PDF-"))')).toBe("code");
  });

  it("is text for one that begins with letters programs begin with", () => {
    expect(kind("a.txt", "MZ is the code of Mainz.")).toBe("text");
  });

  it("is what the main part of an Office document says, whatever the document holds", () => {
    const archive = (...names: string[]): Buffer =>
      Buffer.from(names.map((name) => `PK\x03\x04${"\0".repeat(26)}${name}`).join(""), "latin1");
    expect(kind("a.xlsx", archive("xl/workbook.xml", "word/document.xml"))).toBe("xlsx");
    expect(kind("a.zip", archive("ppt/presentation.xml", "xl/workbook.xml"))).toBe("pptx");
  });

  it("is what the uploader says when bytes and name do not tell", () => {
    expect(kind("upload", "# Rates", "text/markdown; charset=utf-8")).toBe("markdown");
    expect(kind("upload.bin", "a,b", "text/csv")).toBe("csv");
    expect(kind("rates.csv", "a,b", "application/json")).toBe("csv");
    expect(kind("upload", "plain words", "application/octet-stream")).toBe("text");
  });

  it("is HTML for a page without a name, with or without a byte order mark", () => {
    expect(kind("page", "\uFEFF<!DOCTYPE html><p>x")).toBe("html");
  });
});

describe("what is refused", () => {
  const OLE = [0xd0, 0xcf, 0x11, 0xe0];

  it.each<[string, string, Buffer, RegExp]>([
    ["an old Word document", "a.doc", Buffer.from(OLE), /save it as \.docx/u],
    [
      "an encrypted Office document",
      "a.docx",
      Buffer.concat([Buffer.from(OLE), Buffer.from("EncryptedPackage", "utf16le")]),
      /needs a password/u,
    ],
    [
      "an OpenDocument text",
      "a.odt",
      Buffer.from(`PK\x03\x04${"\0".repeat(26)}mimetypeapplication/vnd.oasis.opendocument.text`),
      /OpenDocument/u,
    ],
    ["an archive of other files", "a.zip", Buffer.from("PK\x03\x04 photos"), /unpack it/u],
    ["text named .pdf", "a.pdf", Buffer.from("words"), /not a PDF/u],
    ["text named .docx", "a.docx", Buffer.from("words"), /not an Office document/u],
  ])("%s, with what to do", (_name, filename, bytes, message) => {
    expect(() => kind(filename, bytes)).toThrow(message);
  });
});
