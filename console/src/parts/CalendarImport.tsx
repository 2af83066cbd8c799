import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Empty, Flex, Progress } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { Problem, problemOf } from "../api";
import { importCalendarNotice, previewCalendarNotice } from "../client";
import type { LocalNotice, MoveAnswer, NoticeAnswer, YearNotice } from "../client";
import { getCalendarNoticeProgressOptions, listCalendarNoticesOptions } from "../client/@tanstack/react-query.gen";
import { useSession } from "../session";
import { brief, deadline } from "../time";
import { CLOCK, word } from "../words";
import { Fault } from "./Fault";
import { PickFiles } from "./PickFiles";
import { Rows } from "./Rows";

type Notice = YearNotice | LocalNotice;

interface Foreseen {
  looked: number;
  moves: MoveAnswer[];
  whole: boolean;
}

/** Takes in a new notice of working days: what it would move is shown before anything moves. */
export function CalendarImport() {
  const { session } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [notice, setNotice] = useState<Notice>();
  const [foreseen, setForeseen] = useState<Foreseen>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [begun, setBegun] = useState<number>();
  const before = useQuery(listCalendarNoticesOptions()).data ?? [];

  async function read(file: File) {
    setForeseen(undefined);
    setProblem(undefined);
    setNotice(undefined);
    setBegun(undefined);
    try {
      const said = JSON.parse(await file.text()) as Notice;
      setBusy(true);
      await foresee(said);
      setNotice(said);
    } catch (error) {
      setProblem(error instanceof SyntaxError ? new Problem(422, "not_json", "这个文件不是放假通知的数据文件，无法读取。请核对后重新选择。") : problemOf(error));
    } finally {
      setBusy(false);
    }
  }
  /** Page by page, so that what is found shows at once however many tickets are open. */
  async function foresee(said: Notice) {
    let cursor: string | undefined;
    const found: Foreseen = { looked: 0, moves: [], whole: false };
    do {
      const { data, error } = await previewCalendarNotice({ body: said as never, query: { cursor } });
      if (error !== undefined) throw problemOf(error);
      found.looked += data.looked_at;
      found.moves = [...found.moves, ...data.moves];
      cursor = data.next_cursor ?? undefined;
      found.whole = cursor === undefined;
      setForeseen({ ...found });
    } while (cursor !== undefined);
  }
  async function bring(said: Notice) {
    setBusy(true);
    const { data, error } = await importCalendarNotice({ body: said as never });
    setBusy(false);
    if (error !== undefined) return setProblem(problemOf(error));
    setBegun(data.id);
    void message.success("已导入，新工单即按新日历计算");
    void queries.invalidateQueries();
  }
  return (
    <Card title={<h2>放假通知</h2>} className="gap">
      <p className="quiet">选择通知文件，先看在办工单和督办的哪些时限会变更，再导入。</p>
      <Flex wrap gap={8} align="center" className="gap">
        <PickFiles choose={([file]) => file && void read(file)} busy={busy} label="选择通知文件" accept=".json,application/json">
          选择通知文件
        </PickFiles>
        {notice && foreseen?.whole && session.role === "administrator" && begun === undefined && (
          <Button type="primary" loading={busy} onClick={() => void bring(notice)}>
            导入{notice.notice.number}
          </Button>
        )}
        {busy && <span className="quiet">正在计算…</span>}
      </Flex>
      {problem && <Fault error={problem} />}
      {begun !== undefined && <Bringing id={begun} />}
      {foreseen && (
        <section aria-label="会变更的时限">
          <h3>
            看过{foreseen.looked}件，{foreseen.moves.length ? `${foreseen.moves.length}项时限会变更` : "没有时限会变更"}
          </h3>
          {foreseen.moves.length > 0 && <Moves moves={foreseen.moves} />}
        </section>
      )}
      <h3 className="gap-above">已导入的通知</h3>
      {before.length ? <Imported notices={before} /> : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有导入过通知" />}
    </Card>
  );
}


function Moves({ moves }: { moves: MoveAnswer[] }) {
  return (
    <Rows<MoveAnswer>
      rowKey={(one) => `${one.no}-${one.unit}-${one.clock}`}
      size="small"
      dataSource={moves}
      pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 620 }}
      columns={[
        {
          title: "工单或督办",
          render: (_, one) => <Link to={one.clock === "supervision" ? `/supervisions/${one.no}` : `/tickets/${one.no}`}>{one.no}</Link>,
        },
        { title: "单位", render: (_, one) => (one.unit === "office" ? "热线办" : one.unit) },
        { title: "时限", render: (_, one) => word(CLOCK, one.clock) },
        {
          title: "变更",
          render: (_, one) => (
            <>
              由 <s>{deadline(one.was)}</s> 改为 <strong>{deadline(one.due)}</strong>
              {one.provisional && "（暂定）"}
            </>
          ),
        },
      ]}
    />
  );
}

function Imported({ notices }: { notices: NoticeAnswer[] }) {
  return (
    <ul className="units">
      {notices.map((one) => (
        <li key={one.id}>
          <span>
            {one.title} <span className="quiet">{one.number}</span>
          </span>
          <span className="quiet">{brief(one.imported_at)}导入</span>
        </li>
      ))}
    </ul>
  );
}

/** How far a notice is on its way to what is open. */
function Bringing({ id }: { id: number }) {
  const told = useQuery({
    ...getCalendarNoticeProgressOptions({ path: { notice: id } }),
    refetchInterval: (query) => (query.state.data?.running === false ? false : 1_000),
  });
  if (told.error) return <Fault error={told.error} retry={() => void told.refetch()} />;
  if (!told.data) return null;
  const { running, open, revised, moved } = told.data;
  return (
    <div role="status" className="gap">
      <Progress percent={running ? Math.min(99, Math.round((revised / Math.max(1, open)) * 100)) : 100} aria-label="重新计算的进度" />
      <p className="tight">
        {running ? "正在重新计算在办工单和督办的时限" : "已重新计算"}：{revised}件，变更{moved}项时限
      </p>
    </div>
  );
}
