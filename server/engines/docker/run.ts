import { once } from "node:events";
import { type Duplex, PassThrough, type Readable, Writable } from "node:stream";
import type Docker from "dockerode";
import type { RunSession, RunSpec } from "../engine";
import { attach } from "./attach";
import { runContainer } from "./container";
import type { CreateContainer } from "./create";
import { engineCall, engineCallUnless } from "./errors";
import { readFrames } from "./frames";
import { EngineHangs } from "./patience";
import { runContainerName } from "./runs";
import { endContainer, removeContainer } from "./stop";
import type { DockerStreams } from "./streams";
import { waitForEnd } from "./wait";

const graceMs = 10_000;

/** Creates, attaches and only then starts, so that no byte of output is missed. A run that cannot start leaves nothing behind. */
export async function startRun(
  docker: Docker,
  createContainer: CreateContainer,
  streams: DockerStreams,
  platformId: string,
  run: RunSpec,
): Promise<RunSession> {
  const what = `Could not start ${run.name}`;
  const created = createContainer({ name: runContainerName(run), ...runContainer(platformId, run) });
  const container = await engineCall(what, created);
  try {
    const attached = { stdin: run.stdin, stdout: true, stderr: !run.tty };
    const socket = await engineCall(what, attach(docker, container.id, attached));
    await engineCall(what, container.start());
    const session = new DockerRun(docker, streams, container, run, socket);
    if (run.tty && run.size) await session.resize(run.size.columns, run.size.rows);
    return session;
  } catch (error) {
    await removeContainer(docker, container.id);
    throw error;
  }
}

class DockerRun implements RunSession {
  readonly stdin: Writable | null;
  readonly stdout = new PassThrough();
  readonly stderr: PassThrough | null;
  readonly exited: Promise<number>;
  readonly #removed = new AbortController();
  #ended: Promise<void> | undefined;

  constructor(
    readonly docker: Docker,
    readonly streams: DockerStreams,
    readonly container: Docker.Container,
    run: RunSpec,
    readonly socket: Duplex,
  ) {
    this.stdin = run.stdin ? stdinOf(socket) : null;
    this.stderr = run.tty ? null : new PassThrough();
    const output = run.tty
      ? copy(socket, this.stdout)
      : demultiplex(socket, this.stdout, this.stderr ?? this.stdout);
    this.exited = this.#exit(output);
    // Whoever asks for `exited` gets the error; a session that nobody asks must not end the server.
    this.exited.catch(() => undefined);
  }

  async resize(columns: number, rows: number): Promise<void> {
    // 409: it has ended meanwhile.
    await engineCallUnless(
      "Could not resize the terminal",
      [404, 409],
      this.container.resize({ w: columns, h: rows }),
    );
  }

  async signal(name: string): Promise<void> {
    await engineCallUnless(`Could not send ${name}`, [404, 409], this.container.kill({ signal: name }));
  }

  end(): Promise<void> {
    this.#ended ??= this.#remove();
    return this.#ended;
  }

  async #exit(output: Promise<void>): Promise<number> {
    const what = "Lost the one-off";
    const [exitCode] = await Promise.all([engineCall(what, this.#wait()), engineCall(what, output)]);
    return exitCode;
  }

  /** An engine that hangs for a while ends no session whose connection holds. */
  async #wait(): Promise<number> {
    for (;;) {
      try {
        return await waitForEnd(this.streams, this.container.id, this.#removed.signal);
      } catch (error) {
        if (!(error instanceof EngineHangs) || this.socket.destroyed) throw error;
      }
    }
  }

  async #remove(): Promise<void> {
    await endContainer(this.docker, this.container.id, graceMs);
    await removeContainer(this.docker, this.container.id);
    this.#removed.abort();
    this.socket.destroy();
  }
}

/** Ending it closes only our half of the connection: the program sees the end of its stdin and can still answer. */
function stdinOf(socket: Duplex): Writable {
  return new Writable({
    write: (chunk, _encoding, done) => {
      // A program that has ended reads no more: what comes after is lost, as in any pipe to a dead process.
      if (socket.writable) socket.write(chunk, () => done());
      else done();
    },
    final: (done) => {
      if (socket.writable) socket.end(done);
      else done();
    },
  });
}

async function copy(source: Readable, output: PassThrough): Promise<void> {
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) await write(output, chunk);
  } finally {
    output.end();
  }
}

async function demultiplex(source: Readable, stdout: PassThrough, stderr: PassThrough): Promise<void> {
  try {
    for await (const frame of readFrames(source))
      await write(frame.stream === "stderr" ? stderr : stdout, frame.data);
  } finally {
    stdout.end();
    stderr.end();
  }
}

/** Waits for a slow reader; one that has left holds up nothing. */
async function write(output: PassThrough, data: Buffer): Promise<void> {
  if (output.destroyed || output.write(data)) return;
  const settled = new AbortController();
  try {
    await Promise.race(["drain", "close"].map((event) => once(output, event, { signal: settled.signal })));
  } finally {
    settled.abort();
  }
}
