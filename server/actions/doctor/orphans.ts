import { type Finding, warning, well } from "../../../core/doctor";
import type { EngineInstance } from "../../../core/instance";
import type { Context } from "../context";
import type { Check } from "./check";

const graceMs = 10_000;

export const orphansCheck: Check = {
  name: "orphans",
  look: async (ctx) => judgeOrphans(await lookForOrphans(ctx)),
  async fix(ctx) {
    const { containers, networks, images } = await lookForOrphans(ctx);
    const done: string[] = [];
    for (const { id } of containers) {
      await ctx.engine.stop(id, graceMs);
      done.push(`removed the container of instance ${id}`);
    }
    for (const appId of networks) {
      await ctx.engine.removeRuns(appId);
      await ctx.networks.remove(appId);
      done.push(`removed the network of app ${appId}`);
    }
    for (const appId of images)
      for (const ref of await ctx.images.list(appId)) {
        await ctx.images.remove(ref);
        done.push(`removed the image ${ref}`);
      }
    return done;
  },
};

export interface Surroundings {
  instances: EngineInstance[];
  /** App ids that networks and images of this platform are labelled with. */
  networks: string[];
  images: string[];
  /** Of every app, also of one being destroyed. */
  apps: string[];
  /** Ids of instances whose containers may exist. */
  rows: string[];
}

export interface Orphans {
  containers: EngineInstance[];
  networks: string[];
  images: string[];
}

/**
 * The engine first, then the ledger: a row is written before its container exists, so that one just started is no orphan. Then the engine again:
 * what went meanwhile, and with it its row, is none either.
 */
async function lookForOrphans(ctx: Context): Promise<Orphans> {
  const there = await lookAtEngine(ctx);
  const [apps, destroying, rows] = await Promise.all([
    ctx.store.apps.list(),
    ctx.store.apps.destroying(),
    ctx.store.instances.presentOf(null),
  ]);
  const known = { apps: [...apps, ...destroying].map(({ id }) => id), rows: rows.map(({ id }) => id) };
  const found = orphansIn({ ...there, ...known });
  return isNone(found) ? found : stillThere(found, await lookAtEngine(ctx));
}

async function lookAtEngine(ctx: Context): Promise<Pick<Surroundings, "instances" | "networks" | "images">> {
  const [instances, { owners: networks }, images] = await Promise.all([
    ctx.engine.list(),
    ctx.networks.usage(),
    ctx.images.owners(),
  ]);
  return { instances, networks, images };
}

const isNone = ({ containers, networks, images }: Orphans): boolean =>
  containers.length + networks.length + images.length === 0;

/** Of what a first look found, what a second one finds, too. */
export function stillThere(
  { containers, networks, images }: Orphans,
  now: Pick<Surroundings, "instances" | "networks" | "images">,
): Orphans {
  const present = new Set(now.instances.map(({ id }) => id));
  return {
    containers: containers.filter(({ id }) => present.has(id)),
    networks: networks.filter((id) => now.networks.includes(id)),
    images: images.filter((id) => now.images.includes(id)),
  };
}

/** What carries this platform's label and belongs to no app, or to no instance, of its ledger. */
export function orphansIn({ instances, networks, images, apps, rows }: Surroundings): Orphans {
  const [knownApps, knownRows] = [new Set(apps), new Set(rows)];
  const ownerless = (ids: string[]) => [...new Set(ids)].filter((id) => !knownApps.has(id));
  return {
    containers: instances.filter(({ id, appId }) => !knownApps.has(appId) || !knownRows.has(id)),
    networks: ownerless(networks),
    images: ownerless(images),
  };
}

export function judgeOrphans({ containers, networks, images }: Orphans): Finding[] {
  const remedy = "paas doctor --fix removes it; nothing of any app uses it.";
  const orphan = (what: string, meaning: string) =>
    warning("orphans", { what, meaning, remedy, fixable: true });
  const found = [
    ...containers.map(({ id, appId, state }) =>
      orphan(
        `the ${state} container of instance ${id} (app ${appId}) is in no ledger`,
        "It takes memory and does nobody's work, or work twice.",
      ),
    ),
    ...networks.map((id) =>
      orphan(`a network of app ${id}, which is gone`, "It takes one of the pool's networks."),
    ),
    ...images.map((id) => orphan(`images of app ${id}, which is gone`, "They take disk.")),
  ];
  return found.length > 0 ? found : [well("orphans", "no container, network or image without its app")];
}
