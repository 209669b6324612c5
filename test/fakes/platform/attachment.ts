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
  const { promise: exited, resolve } = withResolvers<number>();
  if (parts.echo) {
    stdin.pipe(stdout);
    stdout.on("end", () => resolve(parts.exitCode));
  } else if (!parts.endless) {
    stdout.end();
    resolve(parts.exitCode);
  }
  return {
    stdin,
    stdout,
    stderr,
    resize: async () => undefined,
    async signal(name) {
      stdout.end(`got ${name}\n`);
      resolve(128 + 15);
    },
    exited,
    end: async () => undefined,
  };
}

function withResolvers<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
