import { Tokenizer, type TokenizerCallbacks } from "htmlparser2";

/** Tags and text of an HTML page as they stand in it; nothing is balanced, and no end tag is made up. */
export interface TagHandler {
  open(name: string, attributes: Record<string, string>): void;
  close(name: string): void;
  /** Text with its entities decoded; one run may come in several calls. */
  text(data: string): void;
}

/**
 * Runs through a page without building a tree or keeping a stack of open elements: time and memory grow with the
 * length of the page and not with its depth. `<!doctype>`, comments and processing instructions are passed over.
 */
export function readTags(html: string, handler: TagHandler): void {
  let name = "";
  let attributes: Record<string, string> = {};
  let attribute = "";
  let value = "";
  const callbacks: TokenizerCallbacks = {
    onopentagname(start, end) {
      name = html.slice(start, end).toLowerCase();
      attributes = {};
    },
    onattribname(start, end) {
      attribute = html.slice(start, end).toLowerCase();
      value = "";
    },
    onattribdata(start, end) {
      value += html.slice(start, end);
    },
    onattribentity(codePoint) {
      value += String.fromCodePoint(codePoint);
    },
    onattribend() {
      attributes[attribute] ??= value;
    },
    onopentagend: () => handler.open(name, attributes),
    onselfclosingtag() {
      handler.open(name, attributes);
      if (isXhtml) handler.close(name);
    },
    onclosetag: (start, end) => handler.close(html.slice(start, end).toLowerCase()),
    ontext: (start, end) => handler.text(html.slice(start, end)),
    ontextentity: (codePoint) => handler.text(String.fromCodePoint(codePoint)),
    oncdata: (start, end, offset) => handler.text(html.slice(start, end - offset)),
    oncomment: () => {},
    ondeclaration: () => {},
    onprocessinginstruction: () => {},
    onend: () => {},
  };
  const isXhtml = /^\s*<\?xml/u.test(html.slice(0, 200));
  const tokenizer = new Tokenizer({ recognizeSelfClosing: isXhtml }, callbacks);
  tokenizer.write(html);
  tokenizer.end();
}
