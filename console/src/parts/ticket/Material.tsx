import { useQuery } from "@tanstack/react-query";
import { listAttachmentsOptions } from "../../client/@tanstack/react-query.gen";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The name of one of a command's materials: of the file, where it is one. */
export function Material({ no, said }: { no?: string; said: string }) {
  const isFile = no !== undefined && ID.test(said);
  const files = useQuery({ ...listAttachmentsOptions({ path: { no: no ?? "" } }), enabled: isFile }).data ?? [];
  if (!isFile) return said;
  return files.find((one) => one.id === said)?.name ?? "附件";
}
