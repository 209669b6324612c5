import { join } from "node:path";
import { withCleanup } from "./cleanup";
import { makeBaseImage } from "./deploy/base-image";
import { makeWorkingCopy, type WorkingCopy } from "./deploy/working-copy";
import type { BenchOptions } from "./main";
import { type BenchPlatform, startPlatform } from "./platform";
import type { Report } from "./report";
import { rounded } from "./stats";
import { appCode } from "./zero-drop/app";
import { cutEarly, type Drain, drainsOf } from "./zero-drop/drains";
import { Load } from "./zero-drop/load";
import { tenanciesOf } from "./zero-drop/tenancies";

const app = "steady";
/** Streams get a short limit of their own; with the usual one a release would be over after five minutes. */
const streamLimitMs = 2_000;
const shownFaults = 20;

/**
 * Releases of every kind, one after the other, of an app with two instances under load from clients of every kind: how many requests
 * failed, and was a stream closed before its limit? `runs` is the number of releases.
 */
export function benchZeroDrop({ runs, env, say }: BenchOptions): Promise<Report> {
  return withCleanup(async (defer) => {
    say("Making a base image with Node.js");
    const base = await makeBaseImage(env);
    defer(base.remove);
    say("Starting a platform");
    const platform = await startPlatform(env);
    defer(platform.stop);
    const copy = await makeWorkingCopy(join(platform.folder, "app"), base.ref, platform.env, appCode);
    await deployApp(platform, copy);
    const load = new Load({ port: platform.httpPort, host: `${app}.localhost` });
    defer(() => load.stop());
    const kinds = releaseKinds(platform, copy);
    for (let turn = 1; turn <= runs; turn += 1) {
      await kinds[(turn - 1) % kinds.length]?.(turn);
      await platform.paas(["ps:wait", "-a", app]);
      say(`release ${turn}: ${load.requests} requests, ${load.failures.length} failed`);
    }
    await load.stop();
    const drains = drainsOf(load.closed, await tenanciesOf(platform));
    for (const failure of load.failures.slice(0, shownFaults)) say(failure);
    for (const { kind, lastedMs } of cutEarly(drains, streamLimitMs).slice(0, shownFaults))
      say(`${kind}: closed ${lastedMs} ms after its instance left, its limit is ${streamLimitMs} ms`);
    return reportOf(runs, load, drains);
  });
}

async function deployApp(platform: BenchPlatform, copy: WorkingCopy): Promise<void> {
  await platform.paas(["create", app], copy.path);
  await copy.change("v0");
  await copy.push("paas");
  await platform.paas(["ps:drain", "30s", "--websockets", `${streamLimitMs / 1_000}s`, "-a", app]);
  await platform.paas(["ps:scale", "web=2", "-a", app]);
  await platform.paas(["ps:wait", "-a", app]);
}

/** Each takes its turn. */
function releaseKinds(platform: BenchPlatform, copy: WorkingCopy): ((turn: number) => Promise<unknown>)[] {
  const paas = (...words: string[]) => platform.paas([...words, "-a", app]);
  return [
    async (turn) => {
      await copy.change(`v${turn}`);
      await copy.push("paas");
    },
    (turn) => paas("config:set", `TURN=${turn}`),
    () => paas("rollback"),
    () => paas("ps:scale", "web=3"),
    () => paas("ps:restart"),
    () => paas("ps:scale", "web=2"),
  ];
}

function reportOf(releases: number, { requests, streams, failures }: Load, drains: Drain[]): Report {
  const failed = failures.length;
  const early = cutEarly(drains, streamLimitMs).length;
  const shortest = rounded(Math.min(...drains.map(({ lastedMs }) => lastedMs ?? 0)));
  return {
    table: [
      [
        "releases",
        "requests",
        "failed (goal: 0)",
        "streams",
        "closed by drains",
        "before their limit (goal: 0)",
        "shortest ms",
      ],
      [releases, requests, failed, streams, drains.length, early, shortest].map(String),
    ],
    figures: {
      bench: "zero-drop",
      releases,
      requests,
      failed,
      streams,
      streamsDrained: drains.length,
      streamsCutEarly: early,
      streamLimitMs,
      shortestStreamDrainMs: shortest,
    },
  };
}
