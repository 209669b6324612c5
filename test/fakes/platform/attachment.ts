import { PassThrough, Readable } from "node:stream";
import type { RunAttachment } from "../../../server/api/platform/runs";

/** A one-off that echoes its input to stdout, says `oops` on stderr when wanted, and ends when its input does. */
export function attachment(parts: {
  exitCode: number;
  stderr?: string;
  endless?: boolean;
  echo?: boolean;
}): RunAttachment {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = Readable.from(parts.stderr === undefined ? [] : [Buffer.from(parts.stderr)]);
  let exit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => {
    exit = resolve;
  });
  if (parts.echo) {
    stdin.pipe(stdout);
    stdout.on("end", () => exit(parts.exitCode));
  } else if (!parts.endless) {
    stdout.end();
    exit(parts.exitCode);
  }
  return {
    stdin,
    stdout,
    stderr,
    resize: async () => undefined,
    async signal(name) {
      stdout.end(`got ${name}\n`);
      exit(128 + 15);
    },
    exited,
    end: async () => undefined,
  };
}
