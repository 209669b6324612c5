import { join } from "node:path";
import { withCleanup } from "./cleanup";
import { makeBaseImage } from "./deploy/base-image";
import { makeWorkingCopy } from "./deploy/working-copy";
import type { BenchOptions } from "./main";
import { startPlatform } from "./platform";
import type { Report } from "./report";
import { appCode } from "./zero-drop/app";
import { Load } from "./zero-drop/load";

const app = "steady";

/**
 * Releases of every kind, one after the other, of an app with two instances under load from clients of every kind: how many requests
 * failed? `runs` is the number of releases.
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
    await platform.paas(["create", app], copy.path);
    await copy.change("v0");
    await copy.push("paas");
    // Streams get a limit of their own; with the usual one a release would be over after five minutes.
    await platform.paas(["ps:drain", "30s", "--websockets", "2s", "-a", app]);
    await platform.paas(["ps:scale", "web=2", "-a", app]);
    await platform.paas(["ps:wait", "-a", app]);
    const load = new Load(platform.httpPort, `${app}.localhost`);
    defer(() => load.stop());
    const kinds = [
      async (turn: number) => {
        await copy.change(`v${turn}`);
        await copy.push("paas");
      },
      (turn: number) => platform.paas(["config:set", `TURN=${turn}`, "-a", app]),
      () => platform.paas(["rollback", "-a", app]),
      () => platform.paas(["ps:scale", "web=3", "-a", app]),
      () => platform.paas(["ps:restart", "-a", app]),
      () => platform.paas(["ps:scale", "web=2", "-a", app]),
    ];
    for (let turn = 1; turn <= runs; turn += 1) {
      await kinds[(turn - 1) % kinds.length]?.(turn);
      await platform.paas(["ps:wait", "-a", app]);
      say(`release ${turn}: ${load.requests} requests, ${load.failures.length} failed`);
    }
    await load.stop();
    for (const failure of load.failures.slice(0, 20)) say(failure);
    return reportOf(runs, load);
  });
}

function reportOf(releases: number, { requests, streams, failures }: Load): Report {
  const failed = failures.length;
  return {
    table: [
      ["releases", "requests", "streams", "failed (goal: 0)"],
      [releases, requests, streams, failed].map(String),
    ],
    figures: { bench: "zero-drop", releases, requests, streams, failed },
  };
}
