import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card } from "antd";
import { useState } from "react";
import { type Problem, problemOf } from "../../api";
import type { AttachmentAnswer, TicketDetail } from "../../client";
import { listAttachmentsOptions } from "../../client/@tanstack/react-query.gen";
import { contentOf, save, sizeOf, upload } from "../../files";
import { useSession } from "../../session";
import { brief, moment } from "../../time";
import { Fault } from "../Fault";
import { PickFiles } from "../PickFiles";
import { showable, Showing } from "./Showing";

const ONLY_LOOK = new Set(["auditor", "leader", "upper_level_reviewer"]);

/** The files of a ticket: listed, shown where a browser can, given out, and more of them taken. */
export function Attachments({ ticket }: { ticket: TicketDetail }) {
  const { session } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const listed = listAttachmentsOptions({ path: { no: ticket.no } });
  const found = useQuery(listed);
  const files = found.data ?? [];
  const [shown, setShown] = useState<AttachmentAnswer>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const adds = ticket.ended_at === null && !ONLY_LOOK.has(session.role);

  async function add(chosen: File[]) {
    setBusy(true);
    setProblem(undefined);
    try {
      for (const file of chosen) await upload(ticket.no, file);
      void message.success(`已上传${chosen.length}个附件`);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: listed.queryKey });
    }
  }
  async function keep(file: AttachmentAnswer) {
    try {
      save(await contentOf(ticket.no, file.id), file.name ?? "附件");
    } catch (error) {
      setProblem(problemOf(error));
    }
  }
  if (!files.length && !adds && !found.error) return null;
  return (
    <Card
      title={<h2>附件{files.length > 0 && `（${files.length}）`}</h2>}
      extra={
        adds && (
          <PickFiles choose={(chosen) => void add(chosen)} busy={busy} label="上传附件">
            上传附件
          </PickFiles>
        )
      }
    >
      {found.error && <Fault error={found.error} retry={() => void found.refetch()} />}
      {problem && <Fault error={problem} />}
      {found.data && files.length === 0 && <p className="quiet tight">还没有附件</p>}
      <ul className="units" aria-label="附件">
        {files.map((file) => (
          <li key={file.id}>
            <span>{file.erased_at ? `（${moment(file.erased_at)}依规定删除）` : <span translate="no">{file.name}</span>}</span>
            <span className="quiet">
              {sizeOf(file.size)}，{file.unit ?? file.uploaded_by ?? "诉求人"}，{brief(file.uploaded_at)}
            </span>
            {!file.erased_at && (
              <span className="no-print">
                {showable(file.media_type) && (
                  <Button type="link" size="small" className="flush" aria-label={`查看${file.name}`} onClick={() => setShown(file)}>
                    查看
                  </Button>
                )}{" "}
                <Button type="link" size="small" className="flush" aria-label={`下载${file.name}`} onClick={() => void keep(file)}>
                  下载
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {shown && <Showing no={ticket.no} file={shown} close={() => setShown(undefined)} keep={() => void keep(shown)} />}
    </Card>
  );
}
