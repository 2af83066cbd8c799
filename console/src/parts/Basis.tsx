import { useQuery } from "@tanstack/react-query";
import { listArticlesOptions } from "../client/@tanstack/react-query.gen";

/** The articles behind rules, read once. */
export function useArticles() {
  return useQuery({ ...listArticlesOptions(), staleTime: Infinity }).data ?? {};
}

/** The rules that something rests on, as people cite them; `quoted` with their words. */
export function Basis({ rules, quoted = true }: { rules: string[]; quoted?: boolean }) {
  const articles = useArticles();
  if (!quoted) return <Cited rules={rules} />;
  const cited = new Map<string, string[]>();
  for (const rule of rules) {
    const found = articles[rule];
    const name = found ? `《${found.policy}》${found.article}` : "";
    if (!name) continue;
    cited.set(name, [...(cited.get(name) ?? []), ...(found?.text ? [found.text] : [])]);
  }
  if (!cited.size) return null;
  return (
    <div className="basis">
      {[...cited].map(([name, texts]) => (
        <p key={name} className="tight" title={texts.join("\n")}>
          依据：{name}
          {texts.length > 0 && <q>{texts.join("；")}</q>}
        </p>
      ))}
    </div>
  );
}

/** The same in a line: the articles of each policy one after the other. */
function Cited({ rules }: { rules: string[] }) {
  const articles = useArticles();
  const by = new Map<string, Set<string>>();
  for (const rule of rules) {
    const found = articles[rule];
    if (found) by.set(found.policy, (by.get(found.policy) ?? new Set()).add(found.article));
  }
  if (!by.size) return null;
  return (
    <p className="basis tight">
      依据：{[...by].map(([policy, places]) => `《${policy}》${[...places].join("、")}`).join("；")}
    </p>
  );
}

/** Words in which rules stand by their ids, with the articles in their place. */
export function useCited(): (words: string) => string {
  const articles = useArticles();
  return (words) => words.replace(/[A-Z]{2}-[A-Z]?\d+(?:\.\d+)*[a-z]?/g, (rule) => articles[rule]?.article ?? "");
}
