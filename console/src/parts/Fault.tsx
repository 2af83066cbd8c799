import { Alert, Button } from "antd";
import { problemOf } from "../api";
import { Basis } from "./Basis";

/** What went wrong, why, and the rules behind it. */
export function Fault({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = problemOf(error);
  const told = problem.fields.length > 0 || problem.basis.length > 0;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="gap"
      title={problem.message}
      description={
        told && (
          <>
            {problem.fields.map((one) => (
              <p key={one.field} className="tight">
                {one.message}
              </p>
            ))}
            <Basis rules={problem.basis} />
          </>
        )
      }
      action={
        retry && (
          <Button size="small" onClick={retry}>
            重试
          </Button>
        )
      }
    />
  );
}
