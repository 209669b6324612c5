import type { ObservedCommand } from "../../../core/observed";
import type { Ledger } from "./ledger";

/** The containers of release commands. */
export class Commands {
  containers: (ObservedCommand & { exitCode: number | null })[] = [];

  /** As the executor does it: made, written down, started; one that was written down is not made again. */
  run(ledger: Ledger, releaseId: string, now: number): void {
    const command = ledger.release(releaseId)?.command;
    if (!command || ledger.release(releaseId)?.state !== "pending" || command.startedAt !== null) return;
    this.containers.push({ releaseId, state: "running", exitCode: null });
    command.starts += 1;
    command.startedAt = now;
  }

  end(exitCode: number): void {
    for (const one of this.containers)
      if (one.state === "running") {
        one.state = "exited";
        one.exitCode = exitCode;
      }
  }

  /** The executor sees that a command has ended. */
  note(ledger: Ledger): void {
    for (const { releaseId, exitCode } of this.containers) {
      const command = ledger.release(releaseId)?.command;
      if (command) command.exitCode ??= exitCode;
    }
  }

  remove(releaseId: string): void {
    this.containers = this.containers.filter((one) => one.releaseId !== releaseId);
  }
}
