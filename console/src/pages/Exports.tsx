import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Empty, Flex, Form, Input, Radio, Select, Tag } from "antd";
import { useState } from "react";
import { type Problem, problemOf } from "../api";
import { decideExport, fetchExport, requestExport } from "../client";
import type { ExportAnswer, ExportBody } from "../client";
import { listExportsOptions } from "../client/@tanstack/react-query.gen";
import { save } from "../files";
import { DatePicker } from "../parts/DatePicker";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { useUnits } from "../parts/units";
import { useSession } from "../session";
import { brief, sent, wall, type Wall } from "../time";
import { EXPORT_FORMAT, EXPORT_STATE, STATUS, TYPE, word } from "../words";

const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));

/** Lists that leave the system: asked for with a reason, granted by somebody else, fetched for a week. */
export default function Exports() {
  const { session } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const found = useQuery({ ...listExportsOptions(), refetchInterval: 30_000 });
  const [asking, setAsking] = useState(false);
  const [deciding, setDeciding] = useState<ExportAnswer>();

  async function fetchList(one: ExportAnswer) {
    const { data, error } = await fetchExport({ path: { export: one.id }, parseAs: "blob" });
    if (error !== undefined) void message.error(problemOf(error).message);
    else save(data as unknown as Blob, `工单清单-${wall(one.requested_at).format("YYYY-MM-DD")}.${one.format}`);
    void queries.invalidateQueries();
  }
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>导出清单</h1>
        <Button type="primary" onClick={() => setAsking(true)}>
          申请导出
        </Button>
      </Flex>
      <p className="quiet">清单须经热线办其他人员同意。姓名、电话已脱敏，不含诉求内容；同意后七日内可以下载，每次下载都有记录。</p>
      {found.error && <Fault error={found.error} retry={() => void found.refetch()} />}
      <Rows<ExportAnswer>
        rowKey="id"
        loading={found.isLoading}
        dataSource={found.data ?? []}
        pagination={false}
        scroll={{ x: 860 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有导出申请" /> }}
        columns={[
          { title: "申请", render: (_, one) => `${brief(one.requested_at)} ${one.unit ?? ""} ${one.requested_by ?? ""}` },
          { title: "范围", render: (_, one) => scope(one) },
          { title: "用途", render: (_, one) => <span className="clip">{one.reason}</span> },
          {
            title: "状态",
            render: (_, one) => (
              <>
                <Tag>{word(EXPORT_STATE, one.state)}</Tag>
                {one.opinion}
                {one.state === "granted" && <span className="quiet">{brief(one.expires_at)}前可下载，已下载{one.fetched}次</span>}
              </>
            ),
          },
          {
            title: "操作",
            render: (_, one) => {
              const own = one.requested_by === session.id;
              const open = one.state === "granted" && Date.parse(one.expires_at ?? "") > Date.now();
              if (own && open) return <Button onClick={() => void fetchList(one)}>下载</Button>;
              if (!own && one.state === "requested" && session.role === "office") {
                return <Button onClick={() => setDeciding(one)}>审批</Button>;
              }
              return null;
            },
          },
        ]}
      />
      <Drawer open={asking} onClose={() => setAsking(false)} title="申请导出" size={480} destroyOnHidden>
        <Asking done={() => setAsking(false)} />
      </Drawer>
      <Drawer open={deciding !== undefined} onClose={() => setDeciding(undefined)} title="审批导出" size={480} destroyOnHidden>
        {deciding && <Deciding asked={deciding} done={() => setDeciding(undefined)} />}
      </Drawer>
    </section>
  );
}

/** Which tickets a list holds, in words. */
function scope(one: ExportAnswer): string {
  const many = (name: string) => {
    const said = one.filters[name];
    return Array.isArray(said) ? said : [];
  };
  const at = (name: string) => {
    const said = one.filters[name];
    return typeof said === "string" ? brief(said) : "";
  };
  const said = [
    many("status").map((code) => word(STATUS, code)).join("、"),
    many("type").map((code) => word(TYPE, code)).join("、"),
    many("unit").join("、"),
    at("received_from") && `${at("received_from")}起受理`,
    at("received_until") && `${at("received_until")}前受理`,
  ].filter(Boolean);
  return `${said.join("；") || "全部工单"}（${EXPORT_FORMAT[one.format]}）`;
}

interface Asked {
  format: "csv" | "xlsx";
  reason: string;
  status?: ExportBody["status"];
  type?: ExportBody["type"];
  unit?: string[];
  received?: [Wall | null, Wall | null] | null;
}

function Asking({ done }: { done: () => void }) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem>();
  const units = useUnits();
  async function send({ received, ...said }: Asked) {
    const { error } = await requestExport({
      body: {
        ...said,
        received_from: received?.[0] ? sent(received[0].startOf("day")) : undefined,
        received_until: received?.[1] ? sent(received[1].add(1, "day").startOf("day")) : undefined,
      },
    });
    if (error !== undefined) return setProblem(problemOf(error));
    void message.success("已申请，等待热线办审批");
    void queries.invalidateQueries();
    done();
  }
  return (
    <Form layout="vertical" initialValues={{ format: "xlsx" }} onFinish={(said: Asked) => void send(said)}>
      <Form.Item name="reason" label="用途" htmlFor="export-reason" rules={[{ required: true, min: 4, message: "请写明用途，至少4个字" }]}>
        <Input.TextArea id="export-reason" maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
      <Form.Item name="received" label="受理日期" htmlFor="export-received">
        <DatePicker.RangePicker id={{ start: "export-received", end: "export-received-to" }} allowEmpty={[true, true]} style={{ width: "100%" }} />
      </Form.Item>
      <Form.Item name="status" label="状态" htmlFor="export-status">
        <Select id="export-status" mode="multiple" options={options(STATUS)} />
      </Form.Item>
      <Form.Item name="type" label="类型" htmlFor="export-type">
        <Select id="export-type" mode="multiple" options={options(TYPE)} />
      </Form.Item>
      <Form.Item name="unit" label="主办单位" htmlFor="export-unit">
        <Select id="export-unit" mode="multiple" options={units.map((unit) => ({ value: unit.name, label: unit.name }))} />
      </Form.Item>
      <Form.Item name="format" label="格式">
        <Radio.Group options={options(EXPORT_FORMAT)} />
      </Form.Item>
      {problem && <Fault error={problem} />}
      <Button type="primary" htmlType="submit">
        申请
      </Button>
    </Form>
  );
}

function Deciding({ asked, done }: { asked: ExportAnswer; done: () => void }) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem>();
  async function send(said: { approve: boolean; opinion?: string }) {
    const { error } = await decideExport({ path: { export: asked.id }, body: said });
    if (error !== undefined) return setProblem(problemOf(error));
    void message.success("已审批");
    void queries.invalidateQueries();
    done();
  }
  return (
    <>
      <section className="asked">
        <p className="tight">
          <strong>{[asked.unit, asked.requested_by].filter(Boolean).join(" ")}</strong> 于{brief(asked.requested_at)}申请
        </p>
        <p className="tight">{scope(asked)}</p>
        <blockquote className="words">{asked.reason}</blockquote>
      </section>
      <Form layout="vertical" onFinish={(said: { approve: boolean }) => void send(said)}>
        <Form.Item name="approve" label="是否同意" rules={[{ required: true, message: "请选择是否同意" }]}>
          <Radio.Group options={[{ value: true, label: "同意" }, { value: false, label: "不同意" }]} />
        </Form.Item>
        <Form.Item name="opinion" label="意见" htmlFor="export-opinion">
          <Input.TextArea id="export-opinion" maxLength={500} autoSize={{ minRows: 2 }} />
        </Form.Item>
        {problem && <Fault error={problem} />}
        <Button type="primary" htmlType="submit">
          审批
        </Button>
      </Form>
    </>
  );
}
