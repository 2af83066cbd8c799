import type { SecrecyTerm } from "./client";

/** What marks of state secrets a text bears, each mark once. */
export interface Marked {
  stops: string[];
  warns: string[];
}

const UNSEEN = /[\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]+/g;

const plain = (words: string) => words.normalize("NFKC").replace(UNSEEN, "");

/** Looks as the server does, before anything is sent to it: what is stopped leaves this window not even to be compared. */
export function marked(term: SecrecyTerm | null | undefined, texts: (string | undefined)[]): Marked {
  if (!term) return { stops: [], warns: [] };
  const everyday = term.everyday.map(plain).sort((one, other) => other.length - one.length);
  const written = texts.map((text) => everyday.reduce((left, word) => left.replaceAll(word, "\n"), plain(text ?? "")));
  const found = (marks: string[]) => marks.filter((mark) => written.some((text) => text.includes(plain(mark))));
  return { stops: found(term.stop), warns: found(term.warn) };
}
