import { setTimeout as delay } from "node:timers/promises";
import { baseImage } from "./base-image";
import { Ledger } from "./ledger";
import { leftoversOf } from "./leftovers";
import type { OwnEngine } from "./own-engine";
import { type PlatformOptions, startPlatform, type TestPlatform } from "./platform";
import { dockerApp, Project } from "./project";
import { type Client, type Failure, Traffic } from "./traffic";

/** How soon after the end of a fault all is as it should be: a promise of the product. */
const convergedWithinMs = 30_000;

export interface FaultRigOptions extends PlatformOptions {
  /** To run the platform's apps and builds on; else the machine's. */
  engine?: OwnEngine;
}

/** A platform with two apps under constant traffic: `steady`, which has no part in the fault, and `shop`, which may. */
export class FaultRig {
  private constructor(
    readonly platform: TestPlatform,
    readonly ledger: Ledger,
    readonly steady: Project,
    readonly shop: Project,
    readonly traffic: Traffic,
  ) {}

  static async start({ engine, env, ...options }: FaultRigOptions = {}): Promise<FaultRig> {
    await engine?.copyImage(await baseImage());
    const onEngine = engine
      ? {
          DOCKER_HOST: engine.dockerHost,
          PAAS_ADDRESS_POOL: engine.pool,
          PAAS_APP_CGROUP: `${engine.names.cgroup}/apps`,
        }
      : {};
    const platform = await startPlatform({ ...options, env: { ...onEngine, ...env } });
    try {
      const [steady, shop] = [await deployed(platform, "steady"), await deployed(platform, "shop")];
      return new FaultRig(
        platform,
        new Ledger(platform),
        steady,
        shop,
        new Traffic(platform.httpPort, clients()),
      );
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.traffic.stop();
    await this.ledger.close();
    await this.platform.stop();
  }

  /** All is in order again, or throws with what is not. */
  async expectConverged(withinMs = convergedWithinMs): Promise<void> {
    const until = Date.now() + withinMs;
    for (;;) {
      const left = await leftoversOf(this.platform, this.ledger);
      if (left.length === 0) return;
      if (Date.now() > until)
        throw new Error(`Not in order after ${withinMs / 1_000} s:\n${left.join("\n")}`);
      await delay(200);
    }
  }

  /** Takes the failures noted so far away and hands out those of an app. */
  takeFailures(app?: string): Failure[] {
    return this.traffic.takeFailures().filter(({ host }) => app === undefined || host === `${app}.localhost`);
  }

  /** How many instances crashed or were given up so far. */
  async crashes(): Promise<number> {
    const [row] = await this.ledger.query<{ count: number }>(
      "select count(*)::int as count from instances where crashed_at is not null or unhealthy is not null",
    );
    return row?.count ?? 0;
  }

  /** Right answers of both apps go on coming. */
  flows(): Promise<void> {
    return this.traffic.flows(["steady.localhost", "shop.localhost"], 10);
  }

  /** What `paas doctor` is not content with, as `check: what`. */
  async troubles(): Promise<string[]> {
    const { stdout } = await this.platform.cli(["doctor", "--json"]);
    const { findings } = JSON.parse(stdout) as {
      findings: { check: string; severity: string; what: string }[];
    };
    return findings.flatMap(({ check, severity, what }) => (severity === "ok" ? [] : [`${check}: ${what}`]));
  }
}

async function deployed(platform: TestPlatform, app: string): Promise<Project> {
  const project = await Project.create(platform, app);
  await project.commit(await dockerApp(app));
  const { exitCode, stderr } = await project.push("main");
  if (exitCode !== 0) throw new Error(`The first push of ${app} failed:\n${stderr}`);
  return project;
}

const clients = (): Client[] =>
  ["steady", "shop"].flatMap((app) => {
    const client = { host: `${app}.localhost`, accepts: (body: string) => body.startsWith(app) };
    return [
      { ...client, path: "/", connection: "kept" },
      { ...client, path: "/", connection: "new" },
      { ...client, path: "/slow/1", connection: "new" },
    ];
  });
