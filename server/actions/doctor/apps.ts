import type { App } from "../../../core/app";
import { type Finding, fault, warning, well } from "../../../core/doctor";
import type { Context } from "../context";
import { listInstances } from "../processes/list-instances";
import type { Check } from "./check";

export const appsCheck: Check = {
  name: "apps",
  look: async (ctx) => judgeApps(await lookAtApps(ctx)),
};

export interface AppFacts {
  name: string;
  /** Of its current release. */
  version: number;
  imageIsGone: boolean;
  /** Names of instances that crashed and wait for their next start. */
  crashed: string[];
}

async function lookAtApps(ctx: Context): Promise<AppFacts[]> {
  const [apps, current] = await Promise.all([ctx.store.apps.list(), ctx.store.releases.currentOf(null)]);
  const facts: AppFacts[] = [];
  for (const { appId, version, image } of current) {
    const app = apps.find(({ id }) => id === appId);
    if (!app || !image) continue;
    const imageIsGone = !(await ctx.images.exists(image.id));
    facts.push({ name: app.name, version, imageIsGone, crashed: await crashedOf(ctx, app) });
  }
  return facts;
}

async function crashedOf(ctx: Context, app: App): Promise<string[]> {
  const instances = await listInstances(ctx.store, app, new Date());
  return instances.filter(({ state }) => state === "crashed").map(({ name }) => name);
}

export function judgeApps(apps: AppFacts[]): Finding[] {
  const found = apps.flatMap((app) => [
    ...(app.imageIsGone ? [lostImage(app)] : []),
    ...(app.crashed.length > 0 ? [crashing(app)] : []),
  ]);
  return found.length > 0
    ? found
    : [well("apps", `the images of all ${apps.length} deployed apps are there, and no instance has crashed`)];
}

const lostImage = ({ name, version }: AppFacts): Finding =>
  fault("apps", {
    what: `the image of ${name} v${version} is gone from the engine`,
    meaning: "None of its instances can be started any more.",
    remedy: `Build it again: paas rebuild -a ${name}`,
  });

const crashing = ({ name, crashed }: AppFacts): Finding =>
  warning("apps", {
    what: `of ${name} ${crashed.join(", ")} crashed`,
    meaning: "What crashes is started again, later each time.",
    remedy: `See why: paas ps -a ${name}, and paas logs -a ${name}.`,
  });
