import { spawn } from "node:child_process";
import { PaasError } from "../core/error";
import type { World } from "./world";

/** Hands over to the supervisor's own program, on this terminal; resolves with its exit code. */
export const supervise = (world: World, args: string[]): Promise<number> =>
  handOver(world, world.settings.supervisorMain, args, "supervisor");

/** The same for a router without a platform. */
export const runRouter = (world: World, args: string[]): Promise<number> =>
  handOver(world, world.settings.routerMain, args, "router");

async function handOver(world: World, program: string, args: string[], name: string): Promise<number> {
  // The terminal's Ctrl-C reaches the supervisor too, and it is for it to end.
  const restore = (["SIGINT", "SIGHUP"] as const).map((name) => world.onSignal(name, () => undefined));
  const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" });
  restore.push(world.onSignal("SIGTERM", () => child.kill("SIGTERM")));
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on("error", (cause) =>
        reject(new PaasError("internal", `The ${name} cannot be started.`, { cause })),
      );
      child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
    });
  } finally {
    for (const undo of restore) undo();
  }
}
