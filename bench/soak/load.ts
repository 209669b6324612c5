import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What came of requests within one second. */
export interface Tally {
  right: number;
  /** Answered with 200, but not with what was asked for. */
  wrong: string[];
  /** Answered with an error, or not to the end. */
  failed: Failure[];
}

export interface Failure {
  app: string;
  path: string;
  why: string;
  atMs: number;
}

/** The clients of the soak, in a process of their own. */
export class Load {
  readonly #child: ChildProcess;

  constructor(port: number, apps: number) {
    this.#child = fork(join(__dirname, "load-main.js"), [String(port), String(apps)]);
  }

  /** Asks so often a second from now on; 0: as often as it can. */
  setRate(rate: number): void {
    this.#child.send(rate);
  }

  /** What comes of the requests of the next second. */
  async second(): Promise<Tally> {
    const [tally] = (await once(this.#child, "message")) as [Tally];
    return tally;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.disconnect();
    await once(this.#child, "exit");
  }
}
