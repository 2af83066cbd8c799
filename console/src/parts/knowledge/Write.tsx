import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Cascader, Form, Input } from "antd";
import { useState } from "react";
import { type Problem, problemOf } from "../../api";
import { changeKnowledge, writeKnowledge } from "../../client";
import type { CategoryAnswer, KnowledgeAnswer, KnowledgeBody } from "../../client";
import { listCategoriesOptions } from "../../client/@tanstack/react-query.gen";
import { DatePicker } from "../DatePicker";
import { Fault } from "../Fault";
import { reading, type Wall } from "../../time";

interface Said {
  title: string;
  body: string;
  category?: string[];
  basis?: string;
  valid: [Wall, Wall];
}

/** Writes an entry as a draft, or a new version of one that is published. */
export function Write({ before, done }: { before?: KnowledgeAnswer; done: () => void }) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const categories = useQuery({ ...listCategoriesOptions(), staleTime: Infinity }).data ?? [];

  async function send({ valid, category, ...said }: Said) {
    const body: KnowledgeBody = {
      ...said,
      basis: said.basis || undefined,
      category: category?.join("/"),
      valid_from: valid[0].format("YYYY-MM-DD"),
      valid_until: valid[1].format("YYYY-MM-DD"),
    };
    setBusy(true);
    setProblem(undefined);
    const { error } = before ? await changeKnowledge({ path: { version: before.id }, body }) : await writeKnowledge({ body });
    setBusy(false);
    if (error !== undefined) return setProblem(problemOf(error));
    void message.success("已存为草稿，送审后由热线办审核发布");
    void queries.invalidateQueries();
    done();
  }
  return (
    <Form
      layout="vertical"
      initialValues={
        before && {
          title: before.title,
          body: before.body,
          basis: before.basis,
          category: before.category?.split("/"),
          valid: [reading(before.valid_from), reading(before.valid_until)],
        }
      }
      onFinish={(said: Said) => void send(said)}
    >
      <Form.Item name="title" label="问题" htmlFor="knowledge-title" rules={[{ required: true, min: 2, message: "请填写问题" }]}>
        <Input id="knowledge-title" maxLength={200} placeholder="群众会怎么问" />
      </Form.Item>
      <Form.Item name="body" label="答复口径" htmlFor="knowledge-body" rules={[{ required: true, min: 2, message: "请填写答复口径" }]}>
        <Input.TextArea id="knowledge-body" maxLength={20000} autoSize={{ minRows: 6, maxRows: 18 }} />
      </Form.Item>
      <Form.Item name="basis" label="政策依据" htmlFor="knowledge-basis">
        <Input.TextArea id="knowledge-basis" maxLength={2000} autoSize={{ minRows: 1, maxRows: 6 }} />
      </Form.Item>
      <Form.Item name="category" label="诉求类别" htmlFor="knowledge-category">
        <Cascader id="knowledge-category" changeOnSelect options={options(categories)} showSearch />
      </Form.Item>
      <Form.Item name="valid" label="有效期" htmlFor="knowledge-from" rules={[{ required: true, message: "请填写有效期" }]}>
        <DatePicker.RangePicker id={{ start: "knowledge-from", end: "knowledge-until" }} style={{ width: "100%" }} />
      </Form.Item>
      {problem && <Fault error={problem} />}
      <Button type="primary" htmlType="submit" loading={busy}>
        存为草稿
      </Button>
    </Form>
  );
}

interface Option {
  value: string;
  label: string;
  children?: Option[];
}

function options(categories: CategoryAnswer[]): Option[] {
  return categories.map((one) => ({
    value: one.name,
    label: one.name,
    children: one.children.length ? options(one.children) : undefined,
  }));
}
