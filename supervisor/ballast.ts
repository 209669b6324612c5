import { execFile } from "node:child_process";
import { rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { ballastStep } from "../core/ballast";
import { sizeText } from "../core/doctor";
import { messageOf } from "../core/error";
import { isErrno } from "./processes/identity";

const run = promisify(execFile);
const everyMs = 1_000;

export interface BallastOptions {
  path: string;
  /** 0: none. */
  bytes: number;
  tell: (what: string) => void;
}

/**
 * A file that only takes up space. When the disk is full it is removed, so that the databases can write, and recover; it is made again when
 * there is room. The supervisor keeps it: it needs neither database nor engine.
 */
export class Ballast {
  readonly #options: BallastOptions;
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  #lastFault = "";

  constructor(options: BallastOptions) {
    this.#options = options;
  }

  /** Looks at once and then every second. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look(), everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Never throws: a ballast that cannot be made is told once, and tried again. */
  async look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#step();
      this.#lastFault = "";
    } catch (error) {
      this.#fault(messageOf(error));
    } finally {
      this.#busy = false;
    }
  }

  async #step(): Promise<void> {
    const { path, bytes, tell } = this.#options;
    const { bavail, bsize } = statfsSync(dirname(path));
    const step = ballastStep(bytes, bytesAt(path), bavail * bsize);
    if (step === null) return;
    rmSync(path, { force: true });
    if (step === "release") return tell(`The ballast of ${sizeText(bytes)} was released: the disk is full`);
    writeFileSync(path, "", { mode: 0o600 });
    try {
      await run("fallocate", ["--length", String(bytes), path]);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    tell(`A ballast of ${sizeText(bytes)} was made`);
  }

  #fault(why: string): void {
    if (why !== this.#lastFault) this.#options.tell(`The ballast could not be kept: ${why}`);
    this.#lastFault = why;
  }
}

/** What a file takes on disk; 0 when it is not there. */
function bytesAt(path: string): number {
  try {
    return statSync(path).blocks * 512;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return 0;
    throw error;
  }
}
