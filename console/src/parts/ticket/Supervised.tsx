import { useQuery } from "@tanstack/react-query";
import { Card } from "antd";
import { Link } from "react-router";
import { getTimelineOptions } from "../../client/@tanstack/react-query.gen";
import { brief } from "../../time";

/** The supervisions that a ticket opened. */
export function Supervised({ no }: { no: string }) {
  const timeline = useQuery(getTimelineOptions({ path: { no } })).data ?? [];
  const opened = timeline.filter((entry) => entry.fact === "supervision_opened");
  if (!opened.length) return null;
  return (
    <Card title={<h2>督办</h2>}>
      <ul className="units">
        {opened.map((entry) => {
          const number = /督办([0-9A-Za-z._-]+)/.exec(entry.sentence)?.[1];
          return (
            <li key={entry.seq}>
              {number ? <Link to={`/supervisions/${number}`}>{entry.sentence}</Link> : entry.sentence}
              <span className="quiet">{brief(entry.at)}</span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
