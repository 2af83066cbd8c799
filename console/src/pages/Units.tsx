import { useQuery } from "@tanstack/react-query";
import { Empty, Flex, Input, Tag } from "antd";
import { useState } from "react";
import type { PersonAnswer, UnitAnswer } from "../client";
import { listPeopleOptions, listUnitsOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { useSession } from "../session";
import { HELD, UNIT_KIND, word } from "../words";

/** Units and the people who hold roles in them. */
export default function Units() {
  const { session } = useSession();
  const units = useQuery(listUnitsOptions());
  const people = useQuery(listPeopleOptions());
  const [typed, setTyped] = useState("");
  const by = new Map<string, PersonAnswer[]>();
  for (const one of people.data ?? []) by.set(one.unit, [...(by.get(one.unit) ?? []), one]);
  const rows = (units.data ?? []).filter(
    (unit) => !typed || unit.name.includes(typed) || by.get(unit.name)?.some((one) => one.name.includes(typed) || one.id.includes(typed)),
  );
  // A unit sees its own people alone; its own stand first.
  const outside = (unit: UnitAnswer) => session.part.startsWith("unit") && unit.name !== session.unit;
  rows.sort((one, other) => Number(other.name === session.unit) - Number(one.name === session.unit));
  const fault = units.error ?? people.error;
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>单位和人员</h1>
        <Input.Search aria-label="查找单位或人员" placeholder="单位、姓名或人员代码" allowClear onSearch={setTyped} style={{ width: 260 }} />
        <span className="quiet">{units.data?.length ?? 0}个单位，{people.data?.length ?? 0}人</span>
      </Flex>
      {fault && <Fault error={fault} retry={() => void units.refetch()} />}
      <Rows<UnitAnswer>
        rowKey="name"
        size="middle"
        loading={units.isLoading}
        dataSource={rows}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        scroll={{ x: 640 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有这样的单位" /> }}
        columns={[
          {
            title: "单位",
            render: (_, unit) => (
              <>
                <strong>{unit.name}</strong>
                <br />
                <span className="quiet">
                  {word(UNIT_KIND, unit.kind)}
                  {unit.parent && `，属${unit.parent}`}
                  {unit.supervised_by && `，由${unit.supervised_by}主管`}
                </span>
              </>
            ),
          },
          {
            title: "人员",
            render: (_, unit) => {
              const held = by.get(unit.name) ?? [];
              if (!held.length) {
                return outside(unit) ? <span className="quiet">其他单位的人员不予显示</span> : <Tag color="orange">未配备人员</Tag>;
              }
              return held.map((one) => (
                <p key={one.id} className="tight">
                  {one.name} <span className="quiet">{one.id}</span>{" "}
                  {one.roles.map((role) => (
                    <Tag key={role}>
                      {word(HELD, role)}
                      {role === "handler" && one.post ? `（${one.post}岗）` : ""}
                    </Tag>
                  ))}
                  {one.absent && <Tag color="orange">不在岗</Tag>}
                </p>
              ));
            },
          },
          { title: "辖区", render: (_, unit) => unit.territory.join("、") },
        ]}
      />
    </section>
  );
}
