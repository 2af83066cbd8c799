import { Button, Flex } from "antd";
import type { TicketDetail } from "../../client";
import type { Issuing } from "../command";
import { Fault } from "../Fault";

/** What every form of a command is given. */
export interface FormProps {
  ticket: TicketDetail;
  name: string;
  title: string;
  done: () => void;
}

/** The end of a form: what was refused and why, and the button that issues the command. */
export function Submit({ issuing, title, danger, disabled }: { issuing: Issuing; title: string; danger?: boolean; disabled?: boolean }) {
  return (
    <>
      {issuing.problem && <Fault error={issuing.problem} />}
      <Flex gap={8} className="submit">
        <Button type="primary" htmlType="submit" loading={issuing.busy} danger={danger} disabled={disabled}>
          {title}
        </Button>
      </Flex>
    </>
  );
}
