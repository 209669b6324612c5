import type { App } from "../../../core/app";
import { checkConfigVar } from "../../../core/env";
import { notFound } from "../../../core/error";
import { limitsFor } from "../../../core/formation";
import type { Launch } from "../../../core/launch";
import { oneOffType, type Run } from "../../../core/one-off";
import type { ProcessTypes, Release } from "../../../core/release";
import type { RunSpec } from "../../engines/engine";
import type { Context } from "../context";

/** Where and how a one-off of an app runs: in the image and config of the newest proven release. */
export interface Prepared {
  release: Release;
  specFor(run: Run, over?: Partial<Pick<RunSpec, "tty" | "stdin" | "size">>): RunSpec;
}

/** Finds out all that a one-off needs, and makes the app's network; throws `not_found` when nothing is deployed. */
export async function prepareRun(
  ctx: Context,
  app: App,
  launchOf: (types: ProcessTypes) => Launch,
  env: Record<string, string> = {},
): Promise<Prepared> {
  for (const [name, value] of Object.entries(env)) checkConfigVar(name, value);
  const release = await ctx.store.releases.proven(app.id);
  const image = release?.image;
  if (!release || !image) throw notFound(`Nothing is deployed to ${app.name} yet: git push paas main first.`);
  const config = await ctx.store.releases.readConfig(release.id);
  await ctx.networks.ensure(app.id);
  const launch = launchOf(release.processTypes);
  return {
    release,
    specFor: (run, over) => ({
      id: run.id,
      name: run.name,
      spec: {
        appId: app.id,
        appName: app.name,
        releaseId: release.id,
        version: release.version,
        image,
        env: { ...config.reveal(), PORT: String(image.port), ...launch.env, ...env },
        limits: limitsFor(app.formation, oneOffType),
      },
      argv: launch.argv,
      tty: false,
      stdin: false,
      ...over,
    }),
  };
}
