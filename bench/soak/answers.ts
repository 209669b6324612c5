import { createHash } from "node:crypto";

/** What the apps of the soak answer: every answer names its app and its request, in its first line and all over a long body. */
const longBytes = 300_000;

/** `/short/ID`, `/long/ID`; `/sum/ID` answers what the request's body adds up to. */
export const kinds = ["short", "long", "sum"] as const;
export type Kind = (typeof kinds)[number];

export function answerTo(app: string, path: string, body: Buffer): Buffer {
  const line = `${app} ${path}\n`;
  if (path.startsWith("/long/")) return Buffer.alloc(longBytes, line);
  return Buffer.from(path.startsWith("/sum/") ? line + sumOf(body) : line);
}

/** The body that a request is sent with. */
export const bodyFor = (kind: Kind, id: number): Buffer =>
  kind === "sum" ? Buffer.alloc(1_000 + ((id * 7_919) % 200_000), `body of ${id} `) : Buffer.alloc(0);

const sumOf = (body: Buffer): string => createHash("sha1").update(body).digest("hex");
