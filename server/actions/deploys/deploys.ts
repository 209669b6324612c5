import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Build } from "../../../core/build";
import { dataPaths } from "../../../core/data-paths";
import { isPaasError, messageOf } from "../../../core/error";
import type { Logger } from "../../../core/logger";
import type { Release } from "../../../core/release";
import type { Store } from "../../store/store";
import { BuildLine } from "../builds/build-line";
import type { DeployEnd } from "./deploy-end";

/** A deploy under way. */
export interface Deploy {
  build: Build;
  /** The build is over, one way or the other; with the release it made. */
  built: Promise<Release | null>;
  ended: Promise<DeployEnd>;
}

/** Carries a build to its end; see deployBuild. */
export type CarryDeploy = (
  build: Build,
  signal: AbortSignal,
  tellBuilt: (release: Release | null) => void,
) => Promise<DeployEnd>;

/** The deploys of this process, from queued build to proven release. Pushers only watch: a deploy goes on without them. */
export class Deploys {
  readonly line: BuildLine;
  readonly #underWay = new Map<string, Deploy & { controller: AbortController }>();
  readonly #store: Store;
  readonly #log: Logger;
  readonly #paths: ReturnType<typeof dataPaths>;
  readonly #carry: CarryDeploy;

  /** `atOnce` builds of all apps together. */
  constructor(store: Store, log: Logger, dataDir: string, atOnce: number, carry: CarryDeploy) {
    this.line = new BuildLine(atOnce, (appId) => store.notices.tell(appId));
    this.#store = store;
    this.#log = log;
    this.#paths = dataPaths(dataDir);
    this.#carry = carry;
  }

  sourceFile(buildId: string): string {
    return join(this.#paths.sources, `${buildId}.tar`);
  }

  outputFile(buildId: string): string {
    return join(this.#paths.buildOutput, `${buildId}.log.gz`);
  }

  /** Takes a build on; once for each. */
  begin(build: Build): Deploy {
    const known = this.#underWay.get(build.id);
    if (known) return known;
    const controller = new AbortController();
    let tellBuilt: (release: Release | null) => void = () => {};
    const built = new Promise<Release | null>((resolve) => {
      tellBuilt = resolve;
    });
    const ended = this.#carry(build, controller.signal, tellBuilt)
      .catch((error: unknown) => this.#broke(build, error))
      .finally(() => {
        tellBuilt(null);
        this.#underWay.delete(build.id);
      });
    const deploy = { build, built, ended, controller };
    this.#underWay.set(build.id, deploy);
    return deploy;
  }

  /** Null when it has ended, or belongs to another server. */
  underWay(buildId: string): Deploy | null {
    return this.#underWay.get(buildId) ?? null;
  }

  /** The deploy of an app that began last, while it is under way. */
  newestOf(appId: string): Deploy | null {
    return [...this.#underWay.values()].findLast(({ build }) => build.appId === appId) ?? null;
  }

  /** Lets go of a build that the ledger has ended already; the deploy's end is then the ledger's. */
  drop(buildId: string, reason: string): void {
    this.line.leave(buildId);
    this.#underWay.get(buildId)?.controller.abort(new Error(reason));
  }

  /** Ends an app's open builds and waits until its deploys under way have let go. */
  async cancel(appId: string, reason: string): Promise<void> {
    const mine = [...this.#underWay.values()].filter(({ build }) => build.appId === appId);
    for (const { build } of mine) this.drop(build.id, reason);
    await Promise.all(mine.map(({ ended }) => ended));
  }

  /** Resolves when a build is over; at once when it is not under way here. */
  async ended(build: Build): Promise<void> {
    await this.#underWay.get(build.id)?.built;
  }

  /**
   * What a predecessor left: archives without an open build go, and the open builds are returned, oldest first. To be called before any
   * push is taken (its archive lies there before its row); the builds are to be begun when builders can fetch their sources.
   */
  async takeUp(): Promise<Build[]> {
    await mkdir(this.#paths.sources, { recursive: true, mode: 0o700 });
    await mkdir(this.#paths.buildOutput, { recursive: true, mode: 0o700 });
    const open = await this.#store.builds.open();
    const needed = new Set(open.map((build) => `${build.id}.tar`));
    for (const file of await readdir(this.#paths.sources))
      if (!needed.has(file)) await rm(join(this.#paths.sources, file), { force: true });
    return open;
  }

  /** The whole output of a build that is over; null while it runs or when none was kept. */
  async keptOutput(buildId: string): Promise<string | null> {
    const file = await readFile(this.outputFile(buildId)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    return file && (await promisify(gunzip)(file)).toString("utf8");
  }

  /** Writes a build's output, compressed, where it outlives Redis; whole or not at all. */
  async keepOutput(buildId: string, text: string): Promise<void> {
    const file = this.outputFile(buildId);
    await writeFile(`${file}.new`, await promisify(gzip)(text), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  async #broke(build: Build, error: unknown): Promise<DeployEnd> {
    const reason = isPaasError(error) ? error.message : "internal error; see the server's log";
    this.#log.error({ build: build.id, err: messageOf(error) }, "a deploy broke off");
    await this.#store.builds.end(build, "failed", reason).catch((unwritten: unknown) => {
      this.#log.error(
        { build: build.id, err: messageOf(unwritten) },
        "the end of a build could not be written",
      );
    });
    return { ok: false, reason, release: null };
  }
}
