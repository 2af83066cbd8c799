import { useQuery } from "@tanstack/react-query";
import { Button, Input, Tag } from "antd";
import { useEffect, useState } from "react";
import { problemOf } from "../api";
import { searchKnowledge } from "../client";
import type { KnowledgeAnswer } from "../client";
import { Fault } from "./Fault";

/** Entries to answer from, found by what is asked; those chosen are named in the answer. */
export function FromKnowledge(props: {
  /** What the caller asks, looked for until somebody types words of their own. */
  asked: string;
  chosen: KnowledgeAnswer[];
  choose: (chosen: KnowledgeAnswer[], added?: KnowledgeAnswer) => void;
}) {
  const { asked, chosen, choose } = props;
  const [typed, setTyped] = useState("");
  const words = useRested(typed || asked);
  const found = useQuery({
    queryKey: ["knowledge", words],
    enabled: words.trim().length >= 2,
    staleTime: 30_000,
    queryFn: async () => {
      const { data, error } = await searchKnowledge({ body: { text: words } });
      if (error !== undefined) throw problemOf(error);
      return data;
    },
  });
  const others = (found.data ?? []).filter((one) => !chosen.some((had) => had.id === one.id));
  return (
    <fieldset className="suggested">
      <legend>依据知识库答复</legend>
      <Input
        aria-label="查找知识"
        placeholder="按诉求内容查找，也可输入词语"
        allowClear
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {found.error && <Fault error={found.error} />}
      <ul className="units gap-above" aria-label="引用的知识">
        {chosen.map((one) => (
          <li key={one.id}>
            <span>
              <Tag color="green">引用</Tag>
              {one.title} <span className="quiet">{one.unit}</span>
            </span>
            <Button
              type="link"
              size="small"
              className="flush"
              aria-label={`不引用${one.title}`}
              onClick={() => choose(chosen.filter((had) => had.id !== one.id))}
            >
              不引用
            </Button>
          </li>
        ))}
      </ul>
      {others.map((one) => (
        <button type="button" key={one.id} onClick={() => choose([...chosen, one], one)}>
          <strong>{one.title}</strong>
          <span className="words">{one.body}</span>
          <span className="quiet">
            {one.unit}，有效期至{one.valid_until}
            {one.basis && `，依据：${one.basis}`}
          </span>
        </button>
      ))}
      {found.data && !others.length && !chosen.length && <p className="quiet tight">知识库中没有相近的条目，不能即时答复的请转办</p>}
    </fieldset>
  );
}

/** Words once the typing rests. */
function useRested(words: string): string {
  const [rested, setRested] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => setRested(words), 500);
    return () => clearTimeout(timer);
  }, [words]);
  return rested;
}
