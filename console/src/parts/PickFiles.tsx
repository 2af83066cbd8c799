import { Button } from "antd";
import { type ReactNode, useRef } from "react";
import { TAKEN } from "../files";

/** A button that lets somebody choose files. */
export function PickFiles(props: {
  choose: (files: File[]) => void;
  busy?: boolean;
  label: string;
  /** The ends of names that may be chosen; those of attachments where nobody says. */
  accept?: string;
  children: ReactNode;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        style={{ display: "none" }}
        accept={props.accept ?? TAKEN}
        aria-label={props.label}
        onChange={(event) => {
          const chosen = [...(event.target.files ?? [])];
          // The same file may be chosen again after it was refused.
          event.target.value = "";
          if (chosen.length) props.choose(chosen);
        }}
      />
      <Button size="small" loading={props.busy} onClick={() => input.current?.click()}>
        {props.children}
      </Button>
    </>
  );
}
