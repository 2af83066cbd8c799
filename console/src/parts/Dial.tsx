import { App, Button } from "antd";
import { useState } from "react";
import { problemOf } from "../api";
import { revealCaller } from "../client";
import { dial } from "../telephony";

/** Dials a caller for a callback: the number goes to the telephone, on record, and is not typed. */
export function Dial({ no, caller, name }: { no: string; caller: string; name: string | null }) {
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  async function call() {
    setBusy(true);
    const { data, error } = await revealCaller({
      path: { no, caller },
      body: { fields: ["phone"], purpose: "callback", reason: `回访工单${no}` },
    });
    setBusy(false);
    if (error !== undefined) return void message.error(problemOf(error).message);
    if (data.phone) dial(data.phone);
  }
  return (
    <Button size="small" loading={busy} aria-label={`拨打${name ?? "诉求人"}的电话`} onClick={() => void call()}>
      拨打
    </Button>
  );
}
