import { Acme } from "./acme";
import { AcmeRecords } from "./acme-records";
import { Apps } from "./apps";
import { Bakes } from "./bakes";
import { BuildConfigs } from "./build-configs";
import { BuildSettingsOfApps } from "./build-settings";
import { Builds } from "./builds";
import { Certificates } from "./certificates";
import type { Cipher } from "./cipher";
import type { Database } from "./database";
import { Domains } from "./domains";
import { Events } from "./events";
import { HttpPages } from "./http-pages";
import { HttpSettingsOfApps } from "./http-settings";
import { Instances } from "./instances";
import { Notices } from "./notices";
import { PlatformTls } from "./platform-tls";
import { Receipts } from "./receipts";
import { ReleaseCommands } from "./release-commands";
import { Releases } from "./releases";
import { Routes } from "./routes";
import { Runs } from "./runs";
import { Schedules } from "./schedules";
import { Tokens } from "./tokens";

/** The only SQL of the product: a class a noun. */
export interface Store {
  acme: Acme;
  acmeRecords: AcmeRecords;
  apps: Apps;
  bakes: Bakes;
  builds: Builds;
  certificates: Certificates;
  buildConfigs: BuildConfigs;
  buildSettings: BuildSettingsOfApps;
  domains: Domains;
  events: Events;
  httpPages: HttpPages;
  httpSettings: HttpSettingsOfApps;
  instances: Instances;
  commands: ReleaseCommands;
  platformTls: PlatformTls;
  receipts: Receipts;
  releases: Releases;
  routes: Routes;
  runs: Runs;
  schedules: Schedules;
  tokens: Tokens;
  notices: Notices;
  cipher: Cipher;
  database: Database;
}

export function openStore(database: Database, cipher: Cipher): Store {
  const notices = new Notices();
  const certificates = new Certificates(database, cipher);
  return {
    acme: new Acme(database, cipher, certificates),
    acmeRecords: new AcmeRecords(database),
    apps: new Apps(database),
    bakes: new Bakes(database, notices),
    builds: new Builds(database, notices),
    certificates,
    buildConfigs: new BuildConfigs(database, cipher),
    buildSettings: new BuildSettingsOfApps(database),
    domains: new Domains(database),
    events: new Events(database),
    httpPages: new HttpPages(database),
    httpSettings: new HttpSettingsOfApps(database),
    instances: new Instances(database, notices),
    commands: new ReleaseCommands(database, notices),
    platformTls: new PlatformTls(database),
    receipts: new Receipts(database, notices),
    releases: new Releases(database, notices, cipher),
    routes: new Routes(database),
    runs: new Runs(database),
    schedules: new Schedules(database),
    tokens: new Tokens(database),
    notices,
    cipher,
    database,
  };
}
