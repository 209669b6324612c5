/**
 * Names in Redis, where the rooms meet. Every key starts with the platform's own prefix, so that two platforms can share one Redis.
 */
export interface Keys {
  /** BullMQ's `prefix` option. */
  bull: string;
  buildQueue: string;
  /** Stream of a build's output; entries have one field `text` (a chunk of transcript, may hold several lines), and the last has `end`. */
  buildOutput(buildId: string): string;
  /** String, there when a build is to be ended or not to be begun. */
  buildCancelled(buildId: string): string;
  /** Pub/sub channel: the id of a build that was just cancelled. */
  cancelBuild: string;
  /** String: a SandboxReport as JSON, since the builder's first build. */
  sandbox: string;
  /** Hash: name of an image that builds have pulled -> PulledImage as JSON. */
  pulledImages: string;
  /** Hash: the newest route table (core/stored-table.ts). */
  routeTable: string;
  /** Pub/sub channel: TableNews as JSON, of a table just written to `routeTable`. */
  routeTableChanged: string;
  /** Hash: id of a certificate -> its chain and key as JSON, sealed (core/sealed.ts) and in base64. */
  certificates: string;
  /** String with a lease (PX): the RouterReport of one router as JSON. */
  router(routerId: string): string;
  routerPattern: string;
  /** Pub/sub channel: a RouterReport as JSON, sent at once when a table was taken or a draining target went idle, else with each renewal; or a RouterEnd. */
  routerReports: string;
  /** Stream of access lines, capped; entries have the fields `appId` and `line` (the text after `paas[router]: `). An entry's id tells its time. */
  access: string;
}

export function keysFor(platformId: string): Keys {
  const prefix = `paas:${platformId}`;
  return {
    bull: `${prefix}:bull`,
    buildQueue: "builds",
    buildOutput: (buildId) => `${prefix}:build:${buildId}:output`,
    buildCancelled: (buildId) => `${prefix}:build:${buildId}:cancelled`,
    cancelBuild: `${prefix}:builds:cancel`,
    sandbox: `${prefix}:builder:sandbox`,
    pulledImages: `${prefix}:builder:pulled`,
    routeTable: `${prefix}:table`,
    routeTableChanged: `${prefix}:table:changed`,
    certificates: `${prefix}:certificates`,
    router: (routerId) => `${prefix}:router:${routerId}`,
    routerPattern: `${prefix}:router:*`,
    routerReports: `${prefix}:routers`,
    access: `${prefix}:access`,
  };
}
