import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { type Problem, problemOf } from "../api";
import { listAttachmentsOptions } from "../client/@tanstack/react-query.gen";
import { upload } from "../files";
import { Fault } from "./Fault";
import { PickFiles } from "./PickFiles";

/** The materials of a command: files of the ticket, uploaded here or before, and names of what is on paper. */
export function Materials(props: { no: string; id: string; value?: string[]; onChange?: (value: string[]) => void }) {
  const { no, value = [], onChange } = props;
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const listed = listAttachmentsOptions({ path: { no } });
  const there = useQuery(listed).data ?? [];

  async function add(files: File[]) {
    setBusy(true);
    setProblem(undefined);
    const made: string[] = [];
    try {
      for (const file of files) made.push((await upload(no, file)).id);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      await queries.invalidateQueries({ queryKey: listed.queryKey });
      onChange?.([...value, ...made]);
      setBusy(false);
    }
  }
  return (
    <>
      <Select
        id={props.id}
        mode="tags"
        value={value}
        onChange={onChange}
        tokenSeparators={["、", "，", ","]}
        options={there.filter((one) => !one.erased_at).map((one) => ({ value: one.id, label: one.name ?? "附件" }))}
        showSearch={{ optionFilterProp: "label" }}
        notFoundContent={null}
      />
      <p className="tight gap-above">
        <PickFiles choose={(files) => void add(files)} busy={busy} label="上传材料">
          上传材料
        </PickFiles>
        <span className="quiet after">纸质材料填写名称，回车分隔</span>
      </p>
      {problem && <Fault error={problem} />}
    </>
  );
}
