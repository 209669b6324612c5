import { once } from "node:events";
import { PassThrough, type Writable } from "node:stream";
import type { RunSession, RunSpec } from "../../server/engines/engine";
import type { FakeContainer } from "./engine-world";

/** An attached one-off of the fake. */
export class FakeRun implements RunSession {
  readonly stdin: Writable | null;
  readonly stdout = new PassThrough();
  readonly stderr: PassThrough | null;
  readonly exited: Promise<number>;
  readonly sizes: [number, number][] = [];
  readonly signals: string[] = [];

  constructor(
    readonly container: FakeContainer,
    run: RunSpec,
  ) {
    this.stderr = run.tty ? null : new PassThrough();
    const stdin = new PassThrough();
    this.stdin = run.stdin ? stdin : null;
    this.exited = this.#exit();
    if (container.program.echoes) {
      stdin.pipe(this.stdout, { end: false });
      stdin.once("end", () => container.exit(0));
    }
    for (const { stream, text } of container.program.prints ?? [])
      (stream === "stderr" && this.stderr ? this.stderr : this.stdout).write(`${text}\n`);
    container.start();
  }

  async #exit(): Promise<number> {
    while (this.container.state !== "exited") await once(this.container, "changed");
    this.stdout.end();
    this.stderr?.end();
    return this.container.exitCode ?? 0;
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.sizes.push([columns, rows]);
  }

  async signal(name: string): Promise<void> {
    this.signals.push(name);
    if (!(name.endsWith("TERM") && this.container.program.ignoresTerm))
      this.container.exit(name.endsWith("KILL") ? 137 : 143);
  }

  async end(): Promise<void> {
    this.container.remove();
  }
}
