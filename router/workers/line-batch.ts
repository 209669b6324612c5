import type { AccessLine } from "../access-log";

/** An access line as it goes from a worker to its primary: neither part holds a control character. */
export const packLine = ({ appId, line }: AccessLine): string => `${appId}\t${line}`;

/** The lines of a batch, each with a newline at its end. */
export function unpackLines(batch: Uint8Array): AccessLine[] {
  const lines = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength).toString("latin1").split("\n");
  return lines.slice(0, -1).map((text) => {
    const at = text.indexOf("\t");
    return { appId: text.slice(0, at), line: text.slice(at + 1) };
  });
}
