import { setTimeout as sleep } from "node:timers/promises";
import { settleMs, webType } from "../../core/desired";
import { isPaasError } from "../../core/error";
import { checkText, type HealthCheck, type HealthProbe } from "../../core/healthcheck";
import type { AppProtocol } from "../../core/http-policy";
import type { EngineInstance } from "../../core/instance";
import type { Engine, ProbeWish } from "../engines/engine";

/** One look at an instance: whether it is well, and what was seen. `null`: the engine could not tell, which says nothing about the app. */
export interface Look {
  ok: boolean;
  seen: string;
}

type Asked = Pick<Engine, "probe" | "exec">;
/** An instance as it is asked: `protocol` is what the router speaks to its app. */
export type AskedInstance = Pick<EngineInstance, "id" | "type" | "address" | "port"> & {
  protocol: AppProtocol;
};
const defaultTimeoutMs = 5_000;

/** What an instance without checks of its own must do: web answers HTTP on its port, whatever it answers; the others run for a moment. */
export async function defaultLook(engine: Asked, instance: AskedInstance, ageMs: number): Promise<Look> {
  if (instance.type !== webType) return { ok: ageMs >= settleMs, seen: `runs for ${settleMs / 1000} s` };
  const { address, port, protocol } = instance;
  const { ready, seen } = await engine.probe(address, port, defaultTimeoutMs, { kind: "any", protocol });
  return { ok: ready, seen: `GET / ${ready ? "answered" : "got"} ${seen}` };
}

/** Does what a check asks for, once. */
export async function lookOnce(
  engine: Asked,
  instance: AskedInstance,
  check: HealthCheck,
  ageMs: number,
): Promise<Look | null> {
  const { probe, timeoutMs } = check;
  if (probe.kind === "uptime") return { ok: ageMs >= probe.ms, seen: `up for ${Math.floor(ageMs / 1000)} s` };
  if (probe.kind !== "command") return ask(engine, instance, probe, timeoutMs);
  try {
    const { exitCode, output } = await engine.exec(instance.id, probe.argv, timeoutMs);
    const said = output.split("\n").at(-1)?.slice(0, 200);
    return {
      ok: exitCode === 0,
      seen: exitCode === null ? output : `exit code ${exitCode}${said ? `: ${said}` : ""}`,
    };
  } catch (error) {
    if (isPaasError(error)) return null;
    throw error;
  }
}

async function ask(
  engine: Asked,
  instance: AskedInstance,
  probe: Extract<HealthProbe, { kind: "http" | "tcp" | "grpc" }>,
  timeoutMs: number,
): Promise<Look> {
  const port = probe.port ?? instance.port;
  const { ready, seen } = await engine.probe(instance.address, port, timeoutMs, wishOf(probe, instance));
  return { ok: ready, seen };
}

/** The app is asked by what the router speaks to it; what else listens in its container, by HTTP/1.1. */
function wishOf(
  { port, ...wish }: Extract<HealthProbe, { kind: "http" | "tcp" | "grpc" }>,
  instance: AskedInstance,
): ProbeWish {
  if (wish.kind !== "http") return wish;
  const isApp = instance.type === webType && (port ?? instance.port) === instance.port;
  return { ...wish, protocol: isApp ? instance.protocol : "http1" };
}

/** The pause before the next look at an instance: short while it is young, so that a quick boot is seen at once. */
export const pauseMs = (ageMs: number): number => Math.min(500, Math.max(5, ageMs / 20));

/** Pauses; ends early when aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(Math.max(0, ms), undefined, { signal }).then(
    () => {},
    () => {},
  );

export const failedText = (check: HealthCheck, look: Look): string =>
  `did not pass its ${checkText(check)} in ${check.attempts} attempts: ${look.seen}`;
