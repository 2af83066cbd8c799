import { Button, Flex } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";

/** A page that is meant to be printed, with the way back to its ticket. */
export function Paper({ no, children }: { no: string; children: ReactNode }) {
  return (
    <article className="paper">
      <Flex gap={12} align="center" className="bar no-print">
        <Link to={`/tickets/${no}`}>返回工单</Link>
        <Button type="primary" onClick={() => window.print()}>
          打印
        </Button>
      </Flex>
      {children}
    </article>
  );
}
