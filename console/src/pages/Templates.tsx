import { useQuery } from "@tanstack/react-query";
import { Flex, Tag } from "antd";
import type { TemplateAnswer } from "../client";
import { listNoticeTemplatesOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { TEMPLATE, TEMPLATE_VALUE, word } from "../words";

/** The words of every notice, as they are registered with the providers of short messages. */
export default function Templates() {
  const found = useQuery({ ...listNoticeTemplatesOptions(), staleTime: Infinity });
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>通知模板</h1>
      </Flex>
      <p className="quiet">模板中不含姓名、电话和诉求内容。花括号内的在发送时填入；向短信服务商报备时照此填写。</p>
      {found.error && <Fault error={found.error} retry={() => void found.refetch()} />}
      <Rows<TemplateAnswer>
        rowKey="id"
        size="middle"
        loading={found.isLoading}
        dataSource={found.data ?? []}
        pagination={false}
        scroll={{ x: 700 }}
        columns={[
          {
            title: "模板",
            width: 200,
            render: (_, one) => (
              <>
                <strong>{word(TEMPLATE, one.id)}</strong>
                <br />
                <code className="quiet" translate="no">
                  {one.id}
                </code>
              </>
            ),
          },
          {
            title: "文字",
            render: (_, one) => `${one.signature}${one.text.replace(/\{(\w+)\}/g, (_whole, name: string) => `｛${word(TEMPLATE_VALUE, name)}｝`)}`,
          },
          { title: "填入", width: 240, render: (_, one) => one.variables.map((name) => <Tag key={name}>{word(TEMPLATE_VALUE, name)}</Tag>) },
        ]}
      />
    </section>
  );
}
