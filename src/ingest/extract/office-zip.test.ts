import { describe, expect, test } from "vitest";

import { docxOf, relationshipsOf, wordParagraph, zipOf } from "../../testing/office-writer.ts";
import { openOfficePackage } from "./office-zip.ts";

const MIB = 1024 * 1024;

/** Overwrites the declared unpacked size of the entry `name` in the archive's directory. */
function declareSize(archive: Buffer, name: string, size: number): Buffer {
  const forged = Buffer.from(archive);
  const entry = forged.lastIndexOf(name) - 46;
  forged.writeUInt32LE(size, entry + 24);
  return forged;
}

describe("an Office package", () => {
  test("that declares more than the limit is refused before anything is unpacked", async () => {
    const small = await docxOf(wordParagraph("Hello"));
    const bomb = declareSize(small, "word/document.xml", 1024 * MIB);
    await expect(openOfficePackage(bomb, "docx")).rejects.toThrow(
      /unpacks to more than the 256 MiB/u,
    );
  });

  test("whose entries declare more than the limit only together is refused too", async () => {
    const names = Array.from({ length: 40 }, (_, at) => `word/part${at + 10}.xml`);
    let bomb = await zipOf(Object.fromEntries(names.map((name) => [name, "<a/>"])));
    for (const name of names) bomb = declareSize(bomb, name, 7 * MIB);
    await expect(openOfficePackage(bomb, "docx")).rejects.toThrow(/unpacks to more/u);
  });

  test("of hundreds of megabytes of nothing is refused within a second", async () => {
    const zeros = Buffer.alloc(64 * MIB);
    const bomb = await zipOf(
      Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`word/${at}.xml`, zeros])),
    );
    const before = performance.now();
    await expect(openOfficePackage(bomb, "docx")).rejects.toMatchObject({ code: "invalid_file" });
    expect(performance.now() - before).toBeLessThan(1000);
  });

  test("with an entry packed a thousand times is refused even below the limit", async () => {
    const bomb = await zipOf({ "xl/sheet.xml": Buffer.alloc(32 * MIB) });
    await expect(openOfficePackage(bomb, "xlsx")).rejects.toThrow(/unpacks to more/u);
  });

  test("with an entry larger than declared is refused while it is unpacked", async () => {
    const honest = await docxOf(wordParagraph("x".repeat(500_000)));
    const office = await openOfficePackage(declareSize(honest, "word/document.xml", 1000), "docx");
    await expect(office.read("word/document.xml", {})).rejects.toMatchObject({
      code: "invalid_file",
    });
  });

  test("cannot pass the limit by having one part read many times", async () => {
    const text = Array.from({ length: (40 * MIB) / 16 }, (_, at) =>
      at.toString(36).padEnd(16),
    ).join("");
    const office = await openOfficePackage(await zipOf({ "a.xml": text }), "xlsx");
    const readOften = async (): Promise<void> => {
      for (let time = 0; time < 7; time++) await office.read("a.xml", {});
    };
    await expect(readOften()).rejects.toThrow(/unpacks to more/u);
  });

  test("that is cut short is refused as damaged", async () => {
    const whole = await docxOf(wordParagraph("Hello"));
    await expect(openOfficePackage(whole.subarray(0, whole.length - 40), "docx")).rejects.toThrow(
      /not complete/u,
    );
  });

  test("with a damaged part names the part", async () => {
    const archive = await docxOf(wordParagraph("Hello ".repeat(500)));
    const start = archive.indexOf("word/document.xml") + "word/document.xml".length;
    archive.fill(0xff, start, start + 40);
    const office = await openOfficePackage(archive, "docx");
    await expect(office.read("word/document.xml", {})).rejects.toThrow(
      /part "word\/document\.xml"/u,
    );
  });

  test("protected with a password is told apart from a damaged one", async () => {
    const ole = Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.alloc(600)]);
    await expect(openOfficePackage(ole, "docx")).rejects.toThrow(/password/u);
  });

  test("without a main part is no document", async () => {
    const office = await openOfficePackage(await zipOf({ "readme.txt": "hello" }), "docx");
    await expect(office.mainPart()).rejects.toThrow(/not a \.docx document/u);
  });

  test("finds its parts without case and through relative, absolute and climbing targets", async () => {
    const office = await openOfficePackage(
      await zipOf({
        "word/_rels/document.xml.rels": relationshipsOf([
          ["styles", "styles.xml"],
          ["theme", "/Word/theme/theme1.xml"],
          ["image", "../media/a.png"],
          ["escape", "../../../etc/passwd"],
        ]),
        "WORD/STYLES.XML": "<styles/>",
      }),
      "docx",
    );
    const targets = (await office.relationships("word/document.xml")).map(({ target }) => target);
    expect(targets).toEqual([
      "word/styles.xml",
      "Word/theme/theme1.xml",
      "media/a.png",
      "etc/passwd",
    ]);
    const opened: string[] = [];
    await office.read("word/styles.xml", { open: (name) => opened.push(name) });
    expect(opened).toEqual(["styles"]);
  });

  test("follows no relationship to the outside", async () => {
    const outside = `<Relationships><Relationship Id="a" Type="x/image" Target="http://host/a" TargetMode="External"/></Relationships>`;
    const office = await openOfficePackage(
      await zipOf({ "word/_rels/a.xml.rels": outside }),
      "docx",
    );
    expect(await office.relationships("word/a.xml")).toEqual([]);
  });

  test("expands no entities and reads no other file", async () => {
    const xml = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
      <t>&b;|&x;|&amp;|&#8364;</t>`;
    const office = await openOfficePackage(await zipOf({ "a.xml": xml }), "docx");
    let text = "";
    await office.read("a.xml", {
      text: (data) => {
        text += data;
      },
    });
    expect(text.slice(-12).trim()).toBe("&b;|&x;|&|€");
  });

  test("whose XML is nested without end is refused at once", async () => {
    const office = await openOfficePackage(await zipOf({ "a.xml": "<a>".repeat(200_000) }), "docx");
    await expect(office.read("a.xml", {})).rejects.toThrow(/nested more than/u);
  });

  test("may be written in UTF-16", async () => {
    const utf16 = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from("<t>Größe 日本</t>", "utf16le"),
    ]);
    const office = await openOfficePackage(await zipOf({ "a.xml": utf16 }), "docx");
    let text = "";
    await office.read("a.xml", {
      text: (data) => {
        text += data;
      },
    });
    expect(text).toBe("Größe 日本");
  });
});
