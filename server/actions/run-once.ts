import { randomInt } from "node:crypto";
import type { App } from "../../core/app";
import { checkConfigVar } from "../../core/env";
import { notFound } from "../../core/error";
import { limitsFor } from "../../core/formation";
import { newId } from "../../core/id";
import { oneOffLaunch } from "../../core/launch";
import type { Actor } from "../../core/policy";
import type { RunStart } from "../../core/wire";
import type { RunSession } from "../engines/engine";
import type { Context } from "./context";

/** Starts a one-off in the image and config of the newest proven release. A first word that is a process type becomes its command. */
export async function runOnce(ctx: Context, _actor: Actor, app: App, start: RunStart): Promise<RunSession> {
  for (const [name, value] of Object.entries(start.env)) checkConfigVar(name, value);
  const release = await ctx.store.releases.proven(app.id);
  if (!release?.image) throw notFound(`Nothing is deployed to ${app.name} yet: git push paas main first.`);
  const config = await ctx.store.releases.readConfig(release.id);
  await ctx.networks.ensure(app.id);
  const launch = oneOffLaunch(start.words, release.processTypes);
  return ctx.engine.run({
    id: newId(),
    name: `run.${randomInt(1000, 10_000)}`,
    spec: {
      appId: app.id,
      appName: app.name,
      releaseId: release.id,
      version: release.version,
      image: release.image,
      env: { ...config.reveal(), PORT: String(release.image.port), ...launch.env, ...start.env },
      limits: limitsFor(app.formation, "run"),
    },
    argv: launch.argv,
    tty: start.tty,
    stdin: start.stdin,
    ...(start.columns && start.rows ? { size: { columns: start.columns, rows: start.rows } } : {}),
  });
}
