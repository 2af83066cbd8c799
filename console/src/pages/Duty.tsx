import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Flex, Form, InputNumber, Modal, Popconfirm, Select } from "antd";
import { useState } from "react";
import { Problem, problemOf } from "../api";
import { enterDuty, strikeDuty } from "../client";
import type { ShiftAnswer } from "../client";
import { listDutyOptions, listPeopleOptions } from "../client/@tanstack/react-query.gen";
import { DatePicker } from "../parts/DatePicker";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { useUnits } from "../parts/units";
import { useSession } from "../session";
import { deadline, sent, type Wall } from "../time";

const ROSTERS = ["office", "unit_leader", "unit_principal"];
const SEES_PEOPLE = ["office", "reviewer", "supervisor", "handler", "unit_leader", "unit_principal"];

/** Who is on duty in a unit, and whom emergencies reach first. */
export default function Duty() {
  const { session } = useSession();
  const units = useUnits();
  const [chosen, setChosen] = useState<string>();
  const unit = session.part.startsWith("unit") ? session.unit : (chosen ?? session.unit ?? units[0]?.name);
  const shifts = useQuery({ ...listDutyOptions({ query: { unit: unit ?? "" } }), enabled: Boolean(unit) });
  const people = useQuery({ ...listPeopleOptions({ query: { unit: unit ?? undefined } }), enabled: Boolean(unit) && SEES_PEOPLE.includes(session.role) });
  const names = new Map(people.data?.map((one) => [one.id, one.name]));
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [entering, setEntering] = useState(false);
  const manages = ROSTERS.includes(session.role);
  async function strike(shift: ShiftAnswer) {
    const { error } = await strikeDuty({ path: { id: shift.id } });
    if (error !== undefined) return void message.error(problemOf(error).message);
    void queries.invalidateQueries();
  }
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>值班表</h1>
        {!session.part.startsWith("unit") && (
          <Select
            aria-label="单位"
            showSearch
            value={unit}
            onChange={setChosen}
            options={units.map((one) => ({ value: one.name, label: one.name }))}
            style={{ width: 220 }}
          />
        )}
        {manages && (
          <Button type="primary" disabled={!unit} onClick={() => setEntering(true)}>
            登记班次
          </Button>
        )}
      </Flex>
      {shifts.error && <Fault error={shifts.error} retry={() => void shifts.refetch()} />}
      <Rows<ShiftAnswer>
        rowKey="id"
        size="middle"
        loading={shifts.isLoading}
        dataSource={shifts.data ?? []}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        scroll={{ x: 560 }}
        locale={{ emptyText: "今后一个月没有登记班次" }}
        columns={[
          { title: "顺序", width: 70, render: (_, one) => `第${one.line}位` },
          { title: "人员", render: (_, one) => `${names.get(one.person_id) ?? ""} ${one.person_id}` },
          { title: "开始", render: (_, one) => deadline(one.starts_at) },
          { title: "结束", render: (_, one) => deadline(one.ends_at) },
          ...(manages
            ? [
                {
                  title: "操作",
                  render: (_: unknown, one: ShiftAnswer) => (
                    <Popconfirm title="取消这个班次？" onConfirm={() => void strike(one)}>
                      <Button size="small">取消</Button>
                    </Popconfirm>
                  ),
                },
              ]
            : []),
        ]}
      />
      {unit && (
        <Entering
          unit={unit}
          open={entering}
          close={() => setEntering(false)}
          people={(people.data ?? []).map((one) => ({ value: one.id, label: `${one.name}（${one.id}）` }))}
        />
      )}
    </section>
  );
}

function Entering(props: { unit: string; open: boolean; close: () => void; people: { value: string; label: string }[] }) {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<Problem>();
  async function enter(said: { person: string; span: [Wall, Wall]; line: number }) {
    const [starts, ends] = said.span;
    const { error } = await enterDuty({
      body: {
        unit: props.unit,
        shifts: [{ person_id: said.person, starts_at: sent(starts), ends_at: sent(ends), line: said.line }],
      },
    });
    if (error !== undefined) return setProblem(problemOf(error));
    setProblem(undefined);
    void queries.invalidateQueries();
    props.close();
  }
  return (
    <Modal open={props.open} onCancel={props.close} title={`登记班次：${props.unit}`} footer={null} destroyOnHidden>
      <Form layout="vertical" initialValues={{ line: 1 }} onFinish={(said: { person: string; span: [Wall, Wall]; line: number }) => void enter(said)}>
        <Form.Item name="person" label="人员" htmlFor="duty-person" rules={[{ required: true, message: "请选择人员" }]}>
          <Select id="duty-person" showSearch={{ optionFilterProp: "label" }} options={props.people} />
        </Form.Item>
        <Form.Item name="span" label="起止时间" htmlFor="duty-span" rules={[{ required: true, message: "请填写起止时间" }]}>
          <DatePicker.RangePicker id={{ start: "duty-span", end: "duty-span-end" }} showTime={{ format: "HH:mm" }} format="YYYY年M月D日 HH:mm" style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="line" label="通知顺序" htmlFor="duty-line" extra="第1位最先通知">
          <InputNumber id="duty-line" controls={false} min={1} max={9} />
        </Form.Item>
        {problem && <Fault error={problem} />}
        <Button type="primary" htmlType="submit">
          登记
        </Button>
      </Form>
    </Modal>
  );
}
