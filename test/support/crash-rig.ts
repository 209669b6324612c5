import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { dataPaths } from "../../core/data-paths";
import type { EventName } from "../../core/event";
import { redisOptions } from "../../core/redis-url";
import { processesIn } from "./find-processes";
import { Ledger } from "./ledger";
import { leftoversOf } from "./leftovers";
import { type RoleName, startPlatform, type TestPlatform } from "./platform";
import { dockerApp, Project } from "./project";
import type { ProgramResult } from "./run-program";
import { type Client, type Failure, Traffic } from "./traffic";

/** Who is killed. The supervisor is brought up again by hand, the others by it. */
export type Victim = RoleName | "supervisor" | "receive-pack";
/** When: right after an event of the deploy, or while the build's own step runs. */
export type Phase = EventName | "building";

/** How long the workers of a killed router may still take connections, which end with them. */
const routerAwayMs = 2_000;
/** Patience, not a promise. */
const settledWithinMs = 120_000;
const buildStep = "step of the build";

/** A deploy under way. */
export interface Deploy {
  commit: string;
  /** Resolves when the deploy has come so far. */
  reached(phase: Phase): Promise<void>;
  pushed: Promise<ProgramResult>;
}

/** A platform with two apps under traffic: `steady`, which nobody touches, and `shop`, which is deployed while things die. */
export class CrashRig {
  #changes = 0;

  private constructor(
    readonly platform: TestPlatform,
    readonly ledger: Ledger,
    readonly shop: Project,
    readonly traffic: Traffic,
  ) {}

  static async start(): Promise<CrashRig> {
    const platform = await startPlatform();
    try {
      const steady = await Project.create(platform, "steady");
      await steady.commit(await dockerApp("steady"));
      await pushed(steady);
      const shop = await Project.create(platform, "shop");
      await shop.commit(await changedApp("shop 0"));
      await pushed(shop);
      const traffic = new Traffic(platform.httpPort, clients());
      return new CrashRig(platform, new Ledger(platform), shop, traffic);
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

  /** Commits a change that takes a moment to build and to boot, and pushes it. */
  async deploy(): Promise<Deploy> {
    this.#changes += 1;
    const commit = await this.shop.commit(await changedApp(`shop ${this.#changes}`));
    const before = await this.ledger.newestEvent();
    let said = "";
    const hears = (chunk: string) => {
      said += chunk;
    };
    const push = this.shop.pushAloud(hears, "main");
    const reached = async (phase: Phase) => {
      if (phase !== "building") return this.ledger.event("shop", phase, before);
      while (!said.includes(buildStep)) await delay(5);
    };
    return { commit, reached, pushed: push };
  }

  /** `kill -9`; the time at which the victim was dead. */
  async kill(victim: Victim): Promise<number> {
    if (victim === "receive-pack") this.signalGit("receive-pack", "SIGKILL");
    else if (victim === "supervisor") await this.platform.killSupervisor();
    else await this.platform.killRole(victim);
    const diedAt = Date.now();
    if (victim === "supervisor") await this.platform.up();
    return diedAt;
  }

  /**
   * Brings a deploy between the switch of the routes and its proof, and holds it there: the ref is locked, the new version serves.
   * The function it returns lets it go on.
   */
  async holdBeforeProof(deploy: Deploy): Promise<() => Promise<void>> {
    await deploy.reached("release:created");
    const letGo = await this.ledger.holdReleases("shop");
    await deploy.reached("routes:published");
    return letGo;
  }

  /** The git processes of the platform with this subcommand, e.g. receive-pack; a push that has just ended has none any more. */
  signalGit(subcommand: string, name: NodeJS.Signals): void {
    for (const { pid, words } of processesIn(dataPaths(this.platform.dataDir).repositories))
      if (words[1] === subcommand) signalOne(pid, name);
  }

  /** All that Redis knows is gone. */
  async flushRedis(): Promise<void> {
    const url = readFileSync(dataPaths(this.platform.dataDir).redisUrl, "utf8").trim();
    const redis = new Redis(redisOptions(url));
    await redis.flushall();
    redis.disconnect();
  }

  /** What the product promises after a death during a deploy: see the expectations. */
  async expectRecovery({ commit, pushed }: Deploy, routerDiedAt?: number): Promise<void> {
    const first = await pushed;
    await this.#expectRest(`after ${words(first)}`);
    if (first.exitCode !== 0) {
      const again = await this.shop.push("main");
      if (again.exitCode !== 0)
        throw new Error(`The same push again: ${words(again)}\nfirst: ${words(first)}`);
      await this.#expectRest(`after ${words(again)}`);
    }
    expect(await this.shop.remoteTip()).toBe(commit);
    await this.traffic.flows(["steady.localhost", "shop.localhost"], 10);
    expect(this.traffic.takeFailures().filter((failure) => !isExcused(failure, routerDiedAt))).toEqual([]);
  }

  async #expectRest(when: string): Promise<void> {
    const until = Date.now() + settledWithinMs;
    for (;;) {
      const left = await leftoversOf(this.platform, this.ledger);
      if (left.length === 0) return;
      if (Date.now() > until) throw new Error(`Left over: ${left.join("; ")}\n${when}`);
      await delay(200);
    }
  }
}

/** Connections that the dead router had, or its workers still took. New ones wait for the next router: none is refused. */
function isExcused({ kind, what, beganAt }: Failure, routerDiedAt: number | undefined): boolean {
  const isLost = kind === "connection" && what !== "ECONNREFUSED";
  return routerDiedAt !== undefined && isLost && beganAt <= routerDiedAt + routerAwayMs;
}

async function changedApp(message: string): Promise<Record<string, string>> {
  const { Dockerfile = "", "server.pl": server = "", ...rest } = await dockerApp(message);
  return {
    ...rest,
    message,
    "server.pl": `sleep 1; ${server}`,
    Dockerfile: Dockerfile.replace(
      "WORKDIR",
      `RUN echo "${buildStep}" && sleep 2 && echo "${message}"\nWORKDIR`,
    ),
  };
}

function clients(): Client[] {
  const shop = { host: "shop.localhost", accepts: (body: string) => /^shop \d+$/.test(body) };
  const steady = { host: "steady.localhost", accepts: (body: string) => body === "steady" };
  return [
    { ...shop, path: "/", connection: "kept" },
    { ...shop, path: "/", connection: "new" },
    { ...shop, path: "/slow/5", connection: "kept" },
    { ...shop, path: "/slow/2", connection: "new" },
    { ...steady, path: "/", connection: "kept" },
    { ...steady, path: "/", connection: "new" },
    { ...steady, path: "/slow/1", connection: "kept" },
  ];
}

async function pushed(project: Project): Promise<void> {
  const result = await project.push("main");
  if (result.exitCode !== 0) throw new Error(words(result));
}

function signalOne(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const words = ({ exitCode, stdout, stderr }: ProgramResult): string =>
  `exit code ${exitCode}\n${stdout}${stderr}`;
