import { Button, Modal } from "antd";
import { useEffect, useState } from "react";
import { type Problem, problemOf } from "../../api";
import type { AttachmentAnswer } from "../../client";
import { contentOf } from "../../files";
import { Fault } from "../Fault";

/** What a browser shows by itself. */
export const showable = (media: string) => /^(image|audio|video)\//.test(media) && media !== "audio/amr";

/** An attachment looked at, over the page. */
export function Showing(props: { no: string; file: AttachmentAnswer; close: () => void; keep: () => void }) {
  const { no, file } = props;
  const [address, setAddress] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let made: string | undefined;
    let dropped = false;
    contentOf(no, file.id).then(
      (content) => {
        if (dropped) return;
        made = URL.createObjectURL(content);
        setAddress(made);
      },
      (error: unknown) => dropped || setProblem(problemOf(error)),
    );
    return () => {
      dropped = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [no, file.id]);
  return (
    <Modal open onCancel={props.close} title={<span translate="no">{file.name}</span>} width={820} footer={<Button onClick={props.keep}>下载</Button>}>
      {problem && <Fault error={problem} />}
      {address && file.media_type.startsWith("image/") && <img src={address} alt="附件内容" className="attached" />}
      {address && file.media_type.startsWith("audio/") && <audio src={address} controls className="attached" />}
      {address && file.media_type.startsWith("video/") && <video src={address} controls className="attached" />}
    </Modal>
  );
}
