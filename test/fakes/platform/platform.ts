import type { Platform } from "../../../server/api/platform/platform";
import { fakeAddresses } from "./addresses";
import { fakeApps } from "./apps";
import { fakeBakes } from "./bakes";
import { fakeBuildSettings } from "./build-settings";
import { fakeBuildSources } from "./build-sources";
import { fakeBuilds } from "./builds";
import { fakeCertificates } from "./certificates";
import { fakeConfigs } from "./configs";
import { fakeCron } from "./cron";
import { fakeDeploys } from "./deploys";
import { fakeDoctor } from "./doctor";
import { fakeDomains } from "./domains";
import { fakeGarbageCollection } from "./garbage";
import { fakeHttp } from "./http";
import { fakeLogs } from "./logs";
import { fakeNotices } from "./notices";
import { fakeProcesses } from "./processes";
import { fakePromotions } from "./promotions";
import { fakeReleases } from "./releases";
import { fakeRouter } from "./router";
import { fakeRuns } from "./runs";
import { fakeStatus } from "./status";
import { fakeTokens } from "./tokens";
import { World } from "./world";

/** A platform in memory, with the domain rules of core: what the API asks for, and the world behind it, open to tests. */
export type FakePlatform = Platform & World;

export function fakePlatform(): FakePlatform {
  const world = new World();
  return Object.assign(world, platformIn(world));
}

const platformIn = (world: World): Platform => ({
  ...fakeAddresses,
  ...fakeStatus(world),
  ...fakeTokens(world),
  ...fakeDoctor(world),
  ...fakeGarbageCollection(world),
  ...fakeRouter(world),
  ...fakeApps(world),
  ...fakeNotices(world),
  ...fakeConfigs(world),
  ...fakeReleases(world),
  ...fakeBakes(world),
  ...fakePromotions(world),
  ...fakeDeploys(world),
  ...fakeProcesses(world),
  ...fakeLogs(world),
  ...fakeDomains(world),
  ...fakeCertificates(world),
  ...fakeHttp(world),
  ...fakeBuilds(world),
  ...fakeBuildSettings(world),
  ...fakeBuildSources(world),
  ...fakeRuns(world),
  ...fakeCron(world),
});
