import type { Literal } from "mdast";
import type { Extension as TreeExtension } from "mdast-util-from-markdown";
import type { Code, Extension, State, Tokenizer } from "micromark-util-types";
import { findFormulas } from "./find-formulas.ts";

/** Mathematics in Markdown's tree. */
export interface Formula extends Literal {
  type: "formula";
  /** As it was written, with the signs around it. */
  value: string;
  isDisplay: boolean;
}

declare module "mdast" {
  interface PhrasingContentMap {
    formula: Formula;
  }
  interface RootContentMap {
    formula: Formula;
  }
}

declare module "micromark-util-types" {
  interface TokenTypeMap {
    formula: "formula";
    formulaData: "formulaData";
  }
}

const DOLLAR = 36;
const BACKSLASH = 92;

/** Lets Markdown see the formulas of this one text: what lies in them is neither emphasis nor a list. */
export function formulaSyntax(text: string): { syntax: Extension; tree: TreeExtension } {
  const formulas = findFormulas(text);

  /** On lines of its own or within a paragraph. */
  function tokenize(isFlow: boolean): Tokenizer {
    return function (effects, ok, nok) {
      // A tokenizer's `this` is the parser's state at that place.
      const place = () => this.now();
      const isLazy = () => this.parser.lazy[place().line] === true;
      const isInterrupting = this.interrupt === true;
      let end = 0;
      const nextLine = { partial: true, tokenize: lineEnding };

      const start: State = (code) => {
        const formula = formulas.get(place().offset);
        if (formula === undefined) return nok(code);
        if (isFlow && !(formula.isDisplay && formula.endsLine)) return nok(code);
        end = formula.end;
        effects.enter("formula");
        effects.enter("formulaData");
        effects.consume(code);
        return isFlow && isInterrupting ? ok : inside;
      };

      const inside: State = (code) => {
        if (code !== null && !isLineEnding(code) && place().offset < end) {
          effects.consume(code);
          return inside;
        }
        effects.exit("formulaData");
        return between(code);
      };

      const between: State = (code) => {
        if (place().offset >= end || (isFlow && code === null)) return leave(code);
        if (code === null) return nok(code);
        if (isLineEnding(code)) return effects.attempt(nextLine, between, leave)(code);
        effects.enter("formulaData");
        effects.consume(code);
        return inside;
      };

      const leave: State = (code) => {
        effects.exit("formula");
        return isFlow ? afterwards(code) : ok(code);
      };

      const afterwards: State = (code) => {
        if (code === null || isLineEnding(code)) return ok(code);
        effects.enter("whitespace");
        effects.consume(code);
        effects.exit("whitespace");
        return afterwards;
      };

      return start;

      function lineEnding(...[effectsThere, okThere, nokThere]: Parameters<Tokenizer>): State {
        return (code) => {
          effectsThere.enter("lineEnding");
          effectsThere.consume(code);
          effectsThere.exit("lineEnding");
          // What encloses the formula has ended before it.
          return (next) => (isFlow && isLazy() ? nokThere(next) : okThere(next));
        };
      }
    };
  }

  const inText = { name: "formula", tokenize: tokenize(false) };
  const inFlow = { name: "formula", concrete: true, tokenize: tokenize(true) };
  return {
    syntax: {
      text: { [DOLLAR]: inText, [BACKSLASH]: inText },
      flow: { [DOLLAR]: inFlow, [BACKSLASH]: inFlow },
    },
    tree: {
      enter: {
        formula(token) {
          const isDisplay = formulas.get(token.start.offset)?.isDisplay ?? false;
          this.enter({ type: "formula", value: "", isDisplay }, token);
        },
      },
      exit: {
        formula(token) {
          const node = this.stack.at(-1);
          if (node?.type === "formula") node.value = this.sliceSerialize(token);
          this.exit(token);
        },
      },
    },
  };
}

function isLineEnding(code: Code): boolean {
  return code !== null && code < -2;
}
