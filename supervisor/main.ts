import { homedir } from "node:os";
import { join } from "node:path";
import { errorCatalogue, isPaasError, messageOf } from "../core/error";
import { readSettings } from "../core/settings";
import { runInBackground } from "./commands/background";
import { installBootUnit } from "./commands/boot";
import { down } from "./commands/down";
import { stopEngine } from "./commands/engine";
import { runInForeground } from "./commands/foreground";
import { superviseInBackground } from "./commands/in-background";
import type { StartMessage } from "./report";

/**
 * The supervisor: `up` (in the foreground), `up --detach`, `up --boot`, `down`, `down --engine`; `start` is what `up --detach` runs
 * in the background.
 */
async function main(words: string[]): Promise<void> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const settings = readSettings(env, { uid: process.getuid?.() ?? -1, home: homedir() });
  const distDir = join(__dirname, "..");
  const platform = { settings, distDir, env, mainPath: __filename, print };
  switch (words.join(" ")) {
    case "up":
      return runInForeground({ ...platform, stop: stopSignals() });
    case "up --detach":
      return runInBackground(platform);
    case "up --boot":
      return installBootUnit(platform);
    case "start":
      return superviseInBackground({ ...platform, stop: stopSignals(), send });
    case "down":
      return down(settings, print);
    case "down --engine":
      await down(settings, print);
      return stopEngine(print);
    default:
      throw new TypeError(`Usage: up [--detach|--boot], down [--engine]`);
  }
}

function stopSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, () => stop.abort());
  return stop.signal;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function send(message: StartMessage): void {
  // Nobody waits any more once the start is over, or when the terminal was closed.
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    const code = isPaasError(error) ? error.code : "internal";
    const message =
      isPaasError(error) || error instanceof TypeError
        ? messageOf(error)
        : String(error instanceof Error ? error.stack : error);
    process.stderr.write(message.replace(/^/gm, " !     ").concat("\n"));
    const exit = () => process.exit(errorCatalogue[code].exit);
    if (process.connected)
      process.send?.({ failed: { code, message } } satisfies StartMessage, undefined, {}, exit);
    else exit();
  },
);
