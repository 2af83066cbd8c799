import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { problemOf } from "../../api";
import type { Entry } from "../../client";
import { listAttachmentsOptions } from "../../client/@tanstack/react-query.gen";
import { contentOf, save } from "../../files";
import { showable, Showing } from "./Showing";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** How texts that are materials are named. */
export const MATERIAL = /^materials\.\d+$/;

/** The materials of a command that the one who looks may see, one after the other; nothing where there are none. */
export function MaterialsOf({ no, entry }: { no?: string; entry: Entry }) {
  const said = Object.entries(entry.texts).filter(([name, text]) => MATERIAL.test(name) && !text.withheld);
  return said.map(([name, text], place) => (
    <span key={name}>
      {place > 0 && "、"}
      <Material no={no} said={text.text ?? "（已删除）"} />
    </span>
  ));
}

/** One of a command's materials: what it is called; the file itself to open, where it is one. */
function Material({ no, said }: { no?: string; said: string }) {
  const { message } = App.useApp();
  const isFile = no !== undefined && ID.test(said);
  const files = useQuery({ ...listAttachmentsOptions({ path: { no: no ?? "" } }), enabled: isFile }).data ?? [];
  const [open, setOpen] = useState(false);
  if (!isFile) return said;
  const file = files.find((one) => one.id === said);
  if (!file || file.erased_at) return file?.name ?? "附件";
  const { id, name } = file;
  async function keep() {
    try {
      save(await contentOf(no!, id), name ?? "附件");
    } catch (error) {
      void message.error(problemOf(error).message);
    }
  }
  return (
    <>
      <Button
        type="link"
        size="small"
        className="flush"
        translate="no"
        onClick={() => (showable(file.media_type) ? setOpen(true) : void keep())}
      >
        {name ?? "附件"}
      </Button>
      {open && <Showing no={no} file={file} close={() => setOpen(false)} keep={() => void keep()} />}
    </>
  );
}
