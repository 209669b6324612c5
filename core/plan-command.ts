import { type Desired, type DesiredCommand, releaseLimitMs } from "./desired";
import type { Observed } from "./observed";
import type { StepOf } from "./step";

/** Rule 0: a pending release whose command has not succeeded runs it; that is all that is done for the release. */
export function commanding({ command }: Desired): StepOf<"command">[] {
  return command ? [{ kind: "command", releaseId: command.releaseId, version: command.version }] : [];
}

/** It is abandoned when its command failed, vanished, could not be started or runs too long. */
export function commandLoss({ command }: Desired, observed: Observed): StepOf<"abandon"> | undefined {
  if (!command) return undefined;
  const { releaseId, version } = command;
  const reason = commandFault(command, observed);
  return reason === null ? undefined : { kind: "abandon", releaseId, version, instanceId: null, reason };
}

function commandFault(command: DesiredCommand, { now, commands }: Observed): string | null {
  const { version, startedAt, exitCode, limitMs } = command;
  if (exitCode !== null)
    return `the release command ended with exit code ${exitCode}: see paas releases:output v${version}`;
  if (startedAt === null)
    return now - command.createdAt > releaseLimitMs
      ? `the release command could not be started within ${releaseLimitMs / 60_000} min`
      : null;
  const container = commands.find((one) => one.releaseId === command.releaseId);
  if (!container)
    return `result unknown: the release command was started and its container is gone. Look what it did, then choose: paas releases:retry v${version}`;
  return container.state !== "exited" && now - startedAt > limitMs
    ? `the release command ran longer than ${Math.round(limitMs / 60_000)} min`
    : null;
}

/** Containers of commands that are over, of whatever release, are cleared away. */
export function clearing(desired: Desired, observed: Observed): StepOf<"stop">[] {
  return observed.commands
    .filter((one) => one.releaseId !== desired.command?.releaseId)
    .map((one) => ({ kind: "stop", instanceId: one.releaseId, why: "over" }));
}

/** When the planner has to look again because the command has run too long. */
export function commandLimitAt({ command }: Desired): number[] {
  return command && command.startedAt !== null ? [command.startedAt + command.limitMs + 1] : [];
}
