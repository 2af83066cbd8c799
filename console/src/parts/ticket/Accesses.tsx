import { useQuery } from "@tanstack/react-query";
import { Empty, Modal } from "antd";
import type { AccessAnswer, CallerAnswer } from "../../client";
import { listAccessesOptions } from "../../client/@tanstack/react-query.gen";
import { moment } from "../../time";
import { CALLER_FIELD, HELD, word } from "../../words";
import { Fault } from "../Fault";
import { Rows } from "../Rows";

/** Who was shown what of a caller, when and what for. */
export function Accesses({ no, caller, close }: { no: string; caller: CallerAnswer; close: () => void }) {
  const found = useQuery(listAccessesOptions({ path: { no, caller: caller.id } }));
  return (
    <Modal open onCancel={close} title={`${caller.name ?? "诉求人"}的查阅记录`} footer={null} width={760}>
      {found.error ? (
        <Fault error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Rows<AccessAnswer>
          rowKey={(one) => `${one.at}${one.person}`}
          size="small"
          loading={found.isLoading}
          dataSource={found.data ?? []}
          pagination={false}
          scroll={{ x: 560 }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有人查看过" /> }}
          columns={[
            { title: "时间", render: (_, one) => moment(one.at) },
            { title: "查阅人", render: (_, one) => [one.unit, word(HELD, one.role), one.person].filter(Boolean).join(" ") },
            { title: "目的", dataIndex: "purpose" },
            { title: "内容", render: (_, one) => one.fields.map((field) => word(CALLER_FIELD, field)).join("、") },
          ]}
        />
      )}
    </Modal>
  );
}
