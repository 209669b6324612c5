import type { ContainerCreateOptions, HostConfig } from "dockerode";
import type { ContainerLimits } from "../../../core/formation";
import type { Image } from "../../../core/image";
import type { InstanceSpec } from "../../../core/instance";
import { launch } from "../../../core/launch";
import type { CommandSpec, RunSpec } from "../engine";
import { commandLabels, instanceLabel, instanceLabels, networkName, ownerLabels } from "../labels";

/**
 * What a Dockerfile's image keeps, since public images start as root and then become someone else:
 * - CHOWN, DAC_OVERRIDE, FOWNER: entry points that hand a data directory to the service's user before they become it;
 * - SETUID, SETGID: becoming it (`su-exec`, `gosu`, nginx and Apache workers);
 * - KILL: a root parent that signals its own workers;
 * - NET_BIND_SERVICE: listening below 1024 where the engine does not already allow that to everyone.
 * Left out of Docker's defaults: NET_RAW (forging packets to neighbours), MKNOD, SYS_CHROOT, AUDIT_WRITE, SETFCAP, SETPCAP, FSETID.
 * Buildpack images are ours, run as a plain user and need none of it.
 */
const dockerfileCapabilities = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "KILL",
  "NET_BIND_SERVICE",
  "SETGID",
  "SETUID",
];

/** When memory runs out the kernel takes an app before the platform, its databases or the engine. */
const oomScoreAdj = 500;

function hostConfig(network: string, image: Image, limits: ContainerLimits): HostConfig {
  const memory = limits.memoryMb * 1024 * 1024;
  return {
    NetworkMode: network,
    Init: true,
    RestartPolicy: { Name: "no" },
    SecurityOpt: ["no-new-privileges"],
    CapDrop: ["ALL"],
    CapAdd: image.madeBy === "dockerfile" ? dockerfileCapabilities : [],
    PidsLimit: limits.pids,
    Memory: memory,
    MemorySwap: memory,
    ...(limits.cpus > 0 ? { NanoCpus: Math.round(limits.cpus * 1e9) } : {}),
    LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "2" } },
    OomScoreAdj: oomScoreAdj,
  };
}

/** An image's own is one of the platform's health checks where it counts: the engine does not ask it a second time. */
const notAsked = { Healthcheck: { Test: ["NONE"] } };

const environment = (env: Record<string, string>): string[] =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);

/** A command replaces the image's ENTRYPOINT and CMD both; then we also choose the signal. Without one the image's own stand. */
const program = (
  { launcher }: Image,
  argv: string[],
): Pick<ContainerCreateOptions, "Entrypoint" | "StopSignal"> =>
  argv.length === 0
    ? {}
    : { Entrypoint: launcher === undefined ? argv : [launcher, ...argv], StopSignal: "SIGTERM" };

/** The create call of an instance. Its environment travels as it is; no port is published. */
export function instanceContainer(platformId: string, spec: InstanceSpec): ContainerCreateOptions {
  const network = networkName(platformId, spec.appId);
  const start = spec.command === null ? { env: {}, argv: [] } : launch(spec.command);
  return {
    Image: spec.image.id,
    Env: environment({ ...spec.env, ...start.env }),
    ...program(spec.image, start.argv),
    ...notAsked,
    Labels: instanceLabels(platformId, spec),
    HostConfig: hostConfig(network, spec.image, spec.limits),
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: spec.address } } } },
  };
}

/** The create call of a release command: nobody is attached, so that it outlives whoever watches it. */
export function commandContainer(platformId: string, spec: CommandSpec): ContainerCreateOptions {
  return {
    Image: spec.image.id,
    Env: environment(spec.env),
    ...program(spec.image, spec.argv),
    ...notAsked,
    Labels: commandLabels(platformId, spec),
    HostConfig: hostConfig(networkName(platformId, spec.appId), spec.image, spec.limits),
  };
}

/** The create call of a one-off: stdin closes with the connection, so that a program never waits for a client who is gone. */
export function runContainer(platformId: string, run: RunSpec): ContainerCreateOptions {
  const { spec } = run;
  const network = networkName(platformId, spec.appId);
  return {
    Image: spec.image.id,
    Env: environment(spec.env),
    ...program(spec.image, run.argv),
    ...notAsked,
    Labels: { ...ownerLabels(platformId, "run", spec.appId), [instanceLabel]: run.id },
    Tty: run.tty,
    OpenStdin: run.stdin,
    StdinOnce: run.stdin,
    AttachStdin: run.stdin,
    AttachStdout: true,
    AttachStderr: !run.tty,
    HostConfig: {
      ...hostConfig(network, spec.image, spec.limits),
      ...(run.size ? { ConsoleSize: [run.size.rows, run.size.columns] } : {}),
    },
  };
}
