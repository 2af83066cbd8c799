import { useQuery } from "@tanstack/react-query";
import { Empty, Input, type InputRef, Modal } from "antd";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { listTicketsOptions } from "../client/@tanstack/react-query.gen";
import { LampTag } from "./Lamp";
import { STATUS, word } from "../words";

/** Goes to a ticket by its number or the number it has above: Ctrl K from anywhere. */
export function Find({ open, close }: { open: boolean; close: () => void }) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<InputRef>(null);
  const navigate = useNavigate();
  const number = typed.trim();
  const found = useQuery({
    ...listTicketsOptions({ query: { q: number, limit: 8 } }),
    enabled: open && number.length >= 4,
  });
  const rows = (number.length >= 4 && found.data?.tickets) || [];

  useEffect(() => setAt(0), [number]);
  function go(no?: string) {
    if (!no) return;
    close();
    setTyped("");
    void navigate(`/tickets/${no}`);
  }
  return (
    <Modal
      open={open}
      onCancel={close}
      footer={null}
      closable={false}
      title="查找工单"
      afterOpenChange={(shown) => shown && input.current?.focus()}
    >
      <Input
        ref={input}
        size="large"
        aria-label="工单编号或上级编号"
        placeholder="工单编号（可只写开头）或上级编号"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, rows.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
          else if (event.key === "Enter") go(rows[at]?.no);
          else return;
          event.preventDefault();
        }}
      />
      <ul className="found" aria-label="查找结果">
        {rows.map((row, index) => (
          <li key={row.no}>
            <button type="button" className={index === at ? "on" : ""} onClick={() => go(row.no)}>
              <span>
                {row.no} {word(STATUS, row.status)} <LampTag lamp={row.lamp} />
              </span>
              <span className="quiet">{row.title}</span>
            </button>
          </li>
        ))}
      </ul>
      {number.length >= 4 && found.data && rows.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有这个编号的工单，或不在你的查看范围内" />
      )}
    </Modal>
  );
}
