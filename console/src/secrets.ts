import type { SecrecyTerm } from "./client";

/** What marks of state secrets a text bears, each mark once. */
export interface Marked {
  stops: string[];
  warns: string[];
}

const UNSEEN = /[\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]+/g;

const plain = (words: string) => words.normalize("NFKC").replace(UNSEEN, "");

/** The listed words of a text from left to right; of two that begin at the same place the longer one. */
function words(listed: string[], text: string): string[] {
  const longestFirst = [...listed].sort((one, other) => other.length - one.length);
  const escaped = longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.match(new RegExp(escaped.join("|"), "g")) ?? [];
}

/** Looks as the server does, before anything is sent to it: what is stopped leaves this window not even to be compared. */
export function marked(term: SecrecyTerm | null | undefined, texts: (string | undefined)[]): Marked {
  if (!term) return { stops: [], warns: [] };
  const everyday = term.everyday.map(plain);
  const found = (marks: string[]) => {
    const listed = [...everyday, ...marks.map(plain)];
    const seen = new Set(texts.flatMap((text) => words(listed, plain(text ?? ""))));
    return marks.filter((mark) => seen.has(plain(mark)));
  };
  return { stops: found(term.stop), warns: found(term.warn) };
}
