import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Readable, Writable } from "node:stream";
import { PaasError } from "../../core/error";
import { stderrOf } from "../repositories/git-process";
import { noCache } from "./answer";

/** How a git process ended. */
export interface GitEnd {
  code: number;
  stderr: string;
}

/** A git at work for one fetch, whoever started it. */
export interface GitExchange {
  input: Writable;
  output: Readable;
  ended: Promise<GitEnd>;
  /** Ends git, its own children too; one that has ended is success. */
  stop(): void;
}

/**
 * Waits for the end of a process: its exit, and that its stdout (or what that is passed on to) was read. Other pipes may outlive it in
 * grandchildren.
 */
export async function gitEnd(
  child: ChildProcess,
  stdout: Readable = child.stdout as Readable,
): Promise<GitEnd> {
  const stderr = stderrOf(child);
  const read = stdout.closed ? Promise.resolve() : once(stdout, "close");
  const [[code]] = (await Promise.all([once(child, "exit"), read])) as [[number | null], unknown];
  return { code: code ?? 255, stderr: stderr() };
}

/**
 * Feeds the body to git and ends git's input, at once if git takes no more: it has then said all it wanted. Throws what the body
 * throws, and leaves git's input open for the caller to cut.
 */
export async function feed(body: AsyncIterable<Buffer>, stdin: Writable): Promise<void> {
  const closed = new Promise<void>((resolve) => stdin.once("close", resolve));
  stdin.on("error", () => undefined); // git ended before its input did; its exit code tells
  for await (const chunk of body) {
    if (!stdin.writable) return;
    if (!stdin.write(chunk)) await Promise.race([drained(stdin), closed]);
  }
  stdin.end();
}

const drained = (stream: Writable): Promise<void> => new Promise((resolve) => stream.once("drain", resolve));

/**
 * Relays git's stdout as the response's body; the status line waits for git's first byte, so a git that fails at once still gets an
 * error status. When the client has gone, output is read and dropped: git must be able to finish.
 * Returns a function that makes it so from then on, for a caller who will answer himself.
 */
export function relay(
  stdout: Readable,
  res: ServerResponse,
  contentType: string,
  prefix?: Buffer,
): () => void {
  let muted = false;
  stdout.on("data", (chunk: Buffer) => {
    if (muted || res.destroyed || res.writableEnded) return;
    if (!res.headersSent) {
      res.writeHead(200, { ...noCache, "Content-Type": contentType });
      if (prefix) res.write(prefix);
    }
    if (res.write(chunk)) return;
    stdout.pause();
    res.once("drain", () => stdout.resume());
  });
  res.once("close", () => stdout.resume());
  return () => {
    muted = true;
    stdout.resume();
  };
}

/**
 * Ends the response of a git that has ended; throws `internal` when git failed without saying anything to the client. One that failed
 * in the middle of its answer ends in the middle of the response too: git's client takes a whole response as git's whole answer, and
 * would wait for ever for the end of that.
 */
export function finish(res: ServerResponse, end: GitEnd, contentType: string): void {
  if (!res.headersSent && !res.destroyed) {
    if (end.code !== 0) throw gitFailed(end);
    res.writeHead(200, { ...noCache, "Content-Type": contentType });
  }
  if (end.code === 0) res.end();
  else res.socket?.destroySoon(); // what was written still goes out
}

export const gitFailed = (end: GitEnd): PaasError =>
  new PaasError("internal", `git failed (exit ${end.code}): ${end.stderr || "it said nothing"}`);
