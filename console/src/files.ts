import { downloadAttachment, uploadAttachment } from "./client";
import type { AttachmentAnswer } from "./client";
import { problemOf } from "./api";

/** The ends of names that are taken, as the API has them. */
export const TAKEN = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.mp3,.wav,.amr,.m4a,.mp4";

/** Sends a file to a ticket. Throws a Problem. */
export async function upload(no: string, file: File): Promise<AttachmentAnswer> {
  const { data, error } = await uploadAttachment({ path: { no }, query: { name: file.name }, body: file });
  if (error !== undefined) throw problemOf(error);
  return data;
}

/** The content of an attachment. Throws a Problem. */
export async function contentOf(no: string, id: string): Promise<Blob> {
  const { data, error } = await downloadAttachment({ path: { no, attachment: id }, parseAs: "blob" });
  if (error !== undefined) throw problemOf(error);
  return data as Blob;
}

/** Gives a content to the browser to keep under a name. */
export function save(content: Blob, name: string) {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** A size as people say it. */
export function sizeOf(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))}KB` : `${(bytes / 1024 / 1024).toFixed(1)}MB`;
}
