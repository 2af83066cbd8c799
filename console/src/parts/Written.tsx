import Markdown from "react-markdown";
import gfm from "remark-gfm";
import { useArticles } from "./Basis";

/** A page in Markdown, its rules cited by their articles alone. */
export default function Written({ words }: { words: string }) {
  const articles = useArticles();
  const cited = words
    // What tells authors where the page comes from, and ids beside articles, are not for readers.
    .replace(/^本页由.*\n.*\n/m, "")
    .replace(/〔[A-Z]{2}-[^〕]*〕/g, "")
    .replace(/[A-Z]{2}-[A-Z]?\d+(?:\.\d+)*[a-z]?/g, (rule) => articles[rule]?.article ?? "");
  return (
    <div className="written">
      <Markdown remarkPlugins={[gfm]} components={{ h1: ({ children }) => <h2 className="written-title">{children}</h2>, h2: "h3" }}>
        {cited}
      </Markdown>
    </div>
  );
}
