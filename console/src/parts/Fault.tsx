import { Alert } from "antd";
import { problemOf } from "../api";

/** What went wrong, why, and the rules behind it. */
export function Fault({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = problemOf(error);
  return (
    <Alert
      type="error"
      showIcon
      title={problem.message}
      description={problem.basis.length ? `依据：${problem.basis.join("、")}` : undefined}
      action={retry && <a role="button" tabIndex={0} onClick={retry} onKeyDown={(e) => e.key === "Enter" && retry()}>重试</a>}
    />
  );
}
