import type { SupportJudge } from "./support.ts";

/** So much text is enough to judge by, in characters, and so much more to judge again. */
const ENOUGH = 80;
const MORE = 80;
/** Most that is held back: about six lines. Words of another language than the passages' tell nothing, so a marker gets more time. */
const MOST = 600;
const MOST_FOREIGN = 1_200;
/** A refusal in the model's own words is no longer than this. */
const LONGEST_REFUSAL = 400;

export type Verdict =
  | { kind: "hold" }
  /** It may be shown, and so may all that follows. */
  | { kind: "release"; text: string }
  /** `own`: the model refuses in these words; null: the passages do not support what it says. */
  | { kind: "refuse"; own: string | null; share: number | null };

/** Holds back the beginning of an answer until it is clear that the passages support it. */
export interface Hold {
  /** @param text What the citation gate let through: its markers are valid. */
  push(text: string): Verdict;
  /** At the end of the answer. */
  end(): Verdict;
}

export interface HoldOptions {
  /** Made when it is needed: most answers name a document before. */
  judge: () => SupportJudge;
  /** Support an answer without a marker needs, 0…1. */
  threshold: number;
  /** The model has said that no document answers. */
  namedNone: () => boolean;
  /** What refusals begin with, in the words of whoever runs this server and in those of the service. */
  refusals: readonly string[];
}

/**
 * An answer is shown as soon as it names a document, or as soon as its words are those of the passages. One that does neither is
 * refused: at its end, or after six lines, so that a stream is never held back longer.
 */
export function createHold({ judge, threshold, namedNone, refusals }: HoldOptions): Hold {
  let held = "";
  let judgedAt = 0;
  let made: SupportJudge | null = null;

  /** Null: it does not refuse, as far as can be seen. */
  function ownRefusal(): string | null {
    const said = held.trim();
    const known = refusals.find((refusal) => said.startsWith(refusal));
    return known ?? (namedNone() ? said : null);
  }

  function decide(isLast: boolean): Verdict {
    const own = ownRefusal();
    if (own !== null && !/\[doc\d+\]/u.test(held)) {
      if (held.length > LONGEST_REFUSAL) return { kind: "refuse", own: null, share: null };
      return isLast ? { kind: "refuse", own, share: null } : { kind: "hold" };
    }
    if (/\[doc\d+\]/u.test(held)) return { kind: "release", text: held };
    const isDue = held.length >= ENOUGH && held.length - judgedAt >= MORE;
    if (!isLast && !isDue) return { kind: "hold" };
    judgedAt = held.length;
    made ??= judge();
    const { share, isForeign } = made.judge(held);
    const isSupported = share === null ? isLast : !isForeign && share >= threshold;
    if (isSupported) return { kind: "release", text: held };
    const isOver = held.length >= (isForeign ? MOST_FOREIGN : MOST);
    return isLast || isOver ? { kind: "refuse", own: null, share } : { kind: "hold" };
  }

  return {
    push(text) {
      held += text;
      return decide(false);
    },
    end: () => decide(true),
  };
}
