import type { Context } from "../../actions/context";
import { type Addresses, addressesOf } from "./addresses";
import { type Apps, appsOf } from "./apps";
import { type Bakes, bakesOf } from "./bakes";
import { type BuildSettingsOfApps, buildSettingsOf } from "./build-settings";
import { type BuildSources, buildSourcesOf } from "./build-sources";
import { type Builds, buildsOf } from "./builds";
import { type Certificates, certificatesOf } from "./certificates";
import { type Configs, configsOf } from "./configs";
import { type Cron, cronOf } from "./cron";
import { type Deploys, deploysOf } from "./deploys";
import { type Doctor, doctorOf } from "./doctor";
import { type Domains, domainsOf } from "./domains";
import { type GarbageCollection, garbageCollectionOf } from "./garbage";
import { type Http, httpOf } from "./http";
import { type Logs, logsOf } from "./logs";
import { type Notices, noticesOf } from "./notices";
import { type Processes, processesOf } from "./processes";
import { type Promotions, promotionsOf } from "./promotions";
import { type Releases, releasesOf } from "./releases";
import { type Router, routerOf } from "./router";
import { type Runs, runsOf } from "./runs";
import { type Status, statusOf } from "./status";
import { type Tokens, tokensOf } from "./tokens";

/** All that the API asks of the platform, noun by noun; a route names those it needs. */
export interface Platform
  extends Status,
    Tokens,
    Doctor,
    GarbageCollection,
    Router,
    Apps,
    Addresses,
    Notices,
    Configs,
    Releases,
    Bakes,
    Promotions,
    Deploys,
    Processes,
    Logs,
    Domains,
    Certificates,
    Http,
    Builds,
    BuildSettingsOfApps,
    BuildSources,
    Runs,
    Cron {}

/** Binds what the API asks for to the actions, and its plain reads to the store. */
export const platformOf = (ctx: Context): Platform => ({
  ...statusOf(ctx),
  ...tokensOf(ctx),
  ...doctorOf(ctx),
  ...garbageCollectionOf(ctx),
  ...routerOf(ctx),
  ...appsOf(ctx),
  ...addressesOf(ctx),
  ...noticesOf(ctx),
  ...configsOf(ctx),
  ...releasesOf(ctx),
  ...bakesOf(ctx),
  ...promotionsOf(ctx),
  ...deploysOf(ctx),
  ...processesOf(ctx),
  ...logsOf(ctx),
  ...domainsOf(ctx),
  ...certificatesOf(ctx),
  ...httpOf(ctx),
  ...buildsOf(ctx),
  ...buildSettingsOf(ctx),
  ...buildSourcesOf(ctx),
  ...runsOf(ctx),
  ...cronOf(ctx),
});
