import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackage } from "./install-package";

const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
const library = `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`;

/**
 * A wall clock for chosen programs, which can be set while they run; their monotonic clock, timers and files' times stay true.
 *
 * The offset is read where libfaketime looks when no variable says more, since the server keeps no variable that it was started with. That
 * place is the host's own: so the programs see an /etc with one file more.
 */
export class FakedTime {
  readonly #directory = mkdtempSync(join(tmpdir(), "paas-clock-"));
  readonly #file = join(this.#directory, "offset");
  readonly #etc = join(this.#directory, "etc");

  constructor() {
    if (!existsSync(library)) installPackage("libfaketime");
    mkdirSync(this.#etc);
    symlinkSync(this.#file, join(this.#etc, "faketimerc"));
    this.set(0);
  }

  /** Words before a program that let it, and what it starts with its environment, have this clock. */
  get launcher(): string[] {
    const variables = ["FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1"];
    const mount = 'mount -t overlay overlay -o "lowerdir=$0:/etc" /etc && exec "$@"';
    return ["unshare", "--mount", "sh", "-c", mount, this.#etc, "env", `LD_PRELOAD=${library}`, ...variables];
  }

  /** Sets the clock to so many seconds from the true time, at once. */
  set(seconds: number): void {
    const next = `${this.#file}.next`;
    writeFileSync(next, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    renameSync(next, this.#file);
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
