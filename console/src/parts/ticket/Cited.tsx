import { useQuery } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useState } from "react";
import { getKnowledgeOptions } from "../../client/@tanstack/react-query.gen";
import { dayOf } from "../../time";

/** An entry of the knowledge base that an answer was given from, as it read then. */
export function Cited({ id }: { id: string }) {
  const found = useQuery({ ...getKnowledgeOptions({ path: { version: id } }), staleTime: Infinity, retry: false }).data;
  const [open, setOpen] = useState(false);
  // What was cited before there was a knowledge base here, or on another platform, is only a number.
  if (!found) return <span>{id}</span>;
  return (
    <>
      <Button type="link" size="small" className="flush" onClick={() => setOpen(true)}>
        {found.title}
      </Button>
      <Modal open={open} onCancel={() => setOpen(false)} title={found.title} footer={null}>
        <p className="words">{found.body}</p>
        {found.basis && <p className="words">政策依据：{found.basis}</p>}
        <p className="quiet">
          {found.unit}提供，第{found.version}版，有效期{dayOf(found.valid_from)}至{dayOf(found.valid_until)}
        </p>
      </Modal>
    </>
  );
}
