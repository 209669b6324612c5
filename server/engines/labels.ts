import { labelPrefix } from "../../core/image";
import type { EngineInstance, InstanceSpec } from "../../core/instance";
import { oneOffType } from "../../core/one-off";
import { releaseProcessType } from "../../core/release";
import type { CommandSpec, EngineCommand } from "./engine";

/** What kind of thing of the platform carries the labels. */
export type Kind = "instance" | "run" | "command" | "network" | "image";

const label = (name: string): string => `${labelPrefix}.${name}`;

export const platformLabel = label("platform");
export const appLabel = label("app");
export const kindLabel = label("kind");
export const instanceLabel = label("instance");
/** The program that starts all others of its image, if it has one. */
export const launcherLabel = label("launcher");

export type Labels = Record<string, string>;

/** Labels that say whose a thing is. Ids never change, names may. */
export const ownerLabels = (platformId: string, kind: Kind, appId: string): Labels => ({
  [platformLabel]: platformId,
  [kindLabel]: kind,
  [appLabel]: appId,
});

export const instanceLabels = (platformId: string, spec: InstanceSpec): Labels => ({
  ...ownerLabels(platformId, "instance", spec.appId),
  [instanceLabel]: spec.id,
  [label("app-name")]: spec.appName,
  [label("type")]: spec.type,
  [label("slot")]: String(spec.slot),
  [label("release")]: spec.releaseId,
  [label("version")]: String(spec.version),
  [label("generation")]: String(spec.generation),
  [label("spec-hash")]: spec.specHash,
  [label("address")]: spec.address,
  [label("port")]: String(spec.image.port),
  ...(spec.image.launcher === undefined ? {} : { [launcherLabel]: spec.image.launcher }),
});

/** The process type whose limits a container has. */
export const typeOf = (labels: Labels): string => {
  if (labels[kindLabel] === "run") return oneOffType;
  return labels[kindLabel] === "command" ? releaseProcessType : (labels[label("type")] ?? "");
};

/** A command goes by its release's id: there is at most one for each. */
export const commandLabels = (platformId: string, spec: CommandSpec): Labels => ({
  ...ownerLabels(platformId, "command", spec.appId),
  [instanceLabel]: spec.releaseId,
  [label("app-name")]: spec.appName,
  [label("release")]: spec.releaseId,
  [label("version")]: String(spec.version),
});

export const readCommandLabels = (
  labels: Labels,
): Pick<EngineCommand, "appId" | "releaseId" | "version"> => ({
  appId: labels[appLabel] ?? "",
  releaseId: labels[instanceLabel] ?? "",
  version: Number(labels[label("version")]),
});

/** What the labels of an instance tell of it; its state is the engine's to tell. */
export type LabelledInstance = Omit<
  EngineInstance,
  "state" | "startedAt" | "exitCode" | "oom" | "finishedAt" | "lost"
>;

export const readInstanceLabels = (labels: Labels): LabelledInstance => ({
  id: labels[instanceLabel] ?? "",
  appId: labels[appLabel] ?? "",
  type: labels[label("type")] ?? "",
  slot: Number(labels[label("slot")]),
  releaseId: labels[label("release")] ?? "",
  version: Number(labels[label("version")]),
  generation: Number(labels[label("generation")]),
  specHash: labels[label("spec-hash")] ?? "",
  address: labels[label("address")] ?? "",
  port: Number(labels[label("port")]),
});

/** The identity check: platform, instance id and the hash of the spec. */
export function isSameInstance(labels: Labels, platformId: string, spec: InstanceSpec): boolean {
  return (
    labels[platformLabel] === platformId &&
    labels[instanceLabel] === spec.id &&
    labels[label("spec-hash")] === spec.specHash
  );
}

/** The filter of a Docker list or event call for things of the platform. */
export const labelFilter = (labels: Labels): { label: string[] } => ({
  label: Object.entries(labels).map(([name, value]) => `${name}=${value}`),
});

/** `shop-web-1-k3j9x2m4p7qa`: unique by the instance's id, readable by the rest. */
export const containerName = (spec: InstanceSpec): string =>
  `${spec.appName}-${spec.type}-${spec.slot}-${spec.id}`;

/** `shop-release-v12-k3j9x2m4p7qa` */
export const commandName = (spec: CommandSpec): string =>
  `${spec.appName}-release-v${spec.version}-${spec.releaseId}`;

export const networkName = (platformId: string, appId: string): string =>
  `${labelPrefix}-${platformId}-${appId}`;
