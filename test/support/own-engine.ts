import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { connectDocker } from "../../server/engines/docker/connection";
import { usualPatience } from "../../server/engines/docker/patience";
import { command, tryCommand } from "./commands";
import { type EngineNames, engineNames, numberOf } from "./own-engine-names";
import { killProcesses, removeEngine } from "./own-engine-remove";

export interface OwnEngineOptions {
  /** Size of its disk; it is sparse, and full when it is full. */
  diskMb?: number;
  /** More of dockerd's own options, e.g. `--live-restore`. */
  flags?: string[];
}

/**
 * A second Docker Engine for tests that kill, fill, slow or configure one: its own disk (a loop file system), network namespace, bridge and
 * cgroup. The host reaches its containers' addresses; they reach the host's end of the cable, but not the internet. Needs root.
 * Close it in afterAll; one whose test process was killed is removed by the next test that opens one.
 */
export class OwnEngine {
  #child: ChildProcess | undefined;

  private constructor(
    readonly names: EngineNames,
    readonly flags: string[],
  ) {}

  static async open({ diskMb = 4096, flags = [] }: OwnEngineOptions = {}): Promise<OwnEngine> {
    await removeDead();
    const engine = new OwnEngine(await claimNumber(), flags);
    try {
      await makeDisk(engine.names, diskMb);
      await makeNetwork(engine.names);
      await engine.start();
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  /** For DOCKER_HOST. */
  get dockerHost(): string {
    return `unix://${this.names.socket}`;
  }

  /** For PAAS_ADDRESS_POOL: four app networks that the host can reach. */
  get pool(): string {
    return this.names.pool;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error("The engine does not run.");
    return this.#child.pid;
  }

  /** Starts dockerd (again) and returns when it answers. */
  async start(): Promise<void> {
    const { names } = this;
    await forgetZombie(names);
    const log = await open(names.log, "a");
    const child = spawn(
      "nsenter",
      [`--net=/var/run/netns/${names.namespace}`, "dockerd", ...this.#options()],
      {
        stdio: ["ignore", log.fd, log.fd],
      },
    );
    await log.close();
    this.#child = child;
    const docker = connectDocker(this.dockerHost);
    while (
      !(await docker.ping().then(
        () => true,
        () => false,
      ))
    ) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`dockerd ended:\n${await this.log()}`);
      await pause(50);
    }
    // From the host straight to container addresses: what dockerd's own rules would drop.
    const accept = ["DOCKER-USER", "-i", names.engineEnd, "-j", "ACCEPT"];
    if (!(await tryCommand("nsenter", ...this.#inside(), "iptables", "-C", ...accept)))
      await command("nsenter", ...this.#inside(), "iptables", "-I", ...accept);
  }

  /** Ends dockerd; SIGKILL is the crash, after which its containers may still run until `start` or `close`. */
  async kill(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  /** Kills what an engine that is away has left running, as a reboot does. */
  async killContainers(): Promise<void> {
    await killProcesses(this.names);
  }

  /** Copies an image from another engine, under the same name. */
  async copyImage(
    ref: string,
    fromHost = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock",
  ): Promise<void> {
    const archive = await connectDocker(fromHost).getImage(ref).get();
    const patient = connectDocker(this.dockerHost, { ...usualPatience, changeMs: 600_000 });
    const progress = await patient.loadImage(archive, { quiet: true });
    (progress as Readable).resume();
    await once(progress, "end");
  }

  /** What dockerd has said so far. */
  log(): Promise<string> {
    return readFile(this.names.log, "utf8");
  }

  /** Removes every trace. Idempotent. */
  async close(): Promise<void> {
    await this.kill("SIGTERM");
    await removeEngine(this.names);
  }

  #inside(): string[] {
    return [`--net=/var/run/netns/${this.names.namespace}`];
  }

  #options(): string[] {
    const { names } = this;
    const paths = [
      "--data-root",
      names.data,
      "--exec-root",
      names.exec,
      "--pidfile",
      `${names.dir}/dockerd.pid`,
    ];
    return [...paths, "--host", this.dockerHost, "--cgroup-parent", `/${names.cgroup}`, ...this.flags];
  }
}

/** The directory is the claim: making it fails for all but one. Its owner's pid tells whether it is still wanted. */
async function claimNumber(): Promise<EngineNames> {
  for (let number = 1; number < 250; number++) {
    const names = engineNames(number);
    const claimed = await mkdir(names.dir).then(
      () => true,
      () => false,
    );
    if (!claimed) continue;
    await writeFile(`${names.dir}/owner`, String(process.pid));
    return names;
  }
  throw new Error("No number is left for an own engine.");
}

async function removeDead(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const number = numberOf(entry);
    if (number === undefined) continue;
    const owner = await readFile(`${engineNames(number).dir}/owner`, "utf8").catch(() => "");
    const dead =
      owner !== "" &&
      (await access(`/proc/${owner}`).then(
        () => false,
        () => true,
      ));
    if (dead) await removeEngine(engineNames(number));
  }
}

/**
 * A killed dockerd takes its containerd along. Where process 1 does not collect orphans at once, that one stays a zombie, which the next
 * dockerd takes for a living containerd and waits for in vain.
 */
async function forgetZombie(names: EngineNames): Promise<void> {
  const note = `${names.exec}/containerd/containerd.pid`;
  const pid = await readFile(note, "utf8").catch(() => "");
  const status = pid === "" ? "" : await readFile(`/proc/${pid.trim()}/stat`, "utf8").catch(() => "");
  if (/\) Z /.test(status)) await rm(note);
}

async function makeDisk(names: EngineNames, diskMb: number): Promise<void> {
  await mkdir(names.data);
  await command("truncate", "-s", `${diskMb}M`, names.disk);
  await command("mkfs.ext4", "-q", "-E", "lazy_itable_init=1,lazy_journal_init=1", names.disk);
  await command("mount", "-o", "loop", names.disk, names.data);
}

async function makeNetwork(names: EngineNames): Promise<void> {
  const ip = (words: string): Promise<string> => command("ip", ...words.split(" "));
  await ip(`netns add ${names.namespace}`);
  await ip(`link add ${names.hostEnd} type veth peer name ${names.engineEnd} netns ${names.namespace}`);
  await ip(`addr add ${names.hostAddress}/30 dev ${names.hostEnd}`);
  await ip(`link set ${names.hostEnd} up`);
  await ip(`-n ${names.namespace} addr add ${names.engineAddress}/30 dev ${names.engineEnd}`);
  await ip(`-n ${names.namespace} link set ${names.engineEnd} up`);
  await ip(`-n ${names.namespace} link set lo up`);
  await ip(`-n ${names.namespace} route add default via ${names.hostAddress}`);
  await ip(`route add ${names.pool} via ${names.engineAddress} table ${names.table}`);
  await ip(`rule add to ${names.pool} table ${names.table}`);
}
