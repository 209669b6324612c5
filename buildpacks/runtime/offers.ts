import semver from "semver";
import { PaasError } from "../../core/error";
import type { DebianRelease, Found, Runtime, RuntimeOffer, RuntimeWish } from "../buildpack";

/** Where a language's runtime may come from. */
export interface RuntimeCatalogue {
  /** For people, e.g. Python. */
  title: string;
  /** Lines of the official image, e.g. 3.13; newest first. */
  lines: string[];
  image(version: string): string;
  /** Newest first; the first one is what an app without a constraint gets. */
  debian: [DebianRelease, ...DebianRelease[]];
}

/** What an app says about its runtime. */
export interface Constraint {
  /** A semver range. */
  range: string;
  /** e.g. .python-version "3.12" */
  reason: string;
}

/**
 * The places to ask: for a constraint first the newest line of the official image that fits, then Debian; without one Debian's own,
 * so that an app that does not care is the same everywhere.
 */
export function runtimeWish(catalogue: RuntimeCatalogue, said: Constraint | null): RuntimeWish {
  const available = `${catalogue.debian.map(({ version }) => version).join(", ")} (Debian's)`;
  const debian = catalogue.debian
    .filter(({ releases }) => said === null || semver.intersects(releases, said.range))
    .map((release): RuntimeOffer => ({ version: release.version, from: { debian: release } }))
    .slice(0, 1);
  const base = { runtime: catalogue.title, available };
  if (said === null) return { ...base, offers: debian, reason: "the default; the app names no version" };
  return { ...base, offers: [...imageOffers(catalogue, said.range), ...debian], reason: said.reason };
}

/** A line fits when all its later releases do: which of them its image holds is not known before. */
function imageOffers({ lines, image }: RuntimeCatalogue, range: string): RuntimeOffer[] {
  const exact = semver.valid(range);
  const version = exact ?? lines.find((line) => semver.satisfies(lastOf(line), range));
  return version === undefined ? [] : [{ version, from: { image: image(version) } }];
}

const lastOf = (line: string): string => [...line.split("."), "999", "999"].slice(0, 3).join(".");

/** A version as people write it (3, 3.12, 3.12.4) as a range; null when it is none. */
export function versionRange(text: string): string | null {
  const version = /^\s*v?(\d+(?:\.\d+){0,2})(?:\.[x*])?\s*$/.exec(text)?.[1];
  if (version === undefined) return null;
  return version.split(".").length === 3 ? version : `${version}.x`;
}

/** `build_failed`: the text of a constraint cannot be read. */
export const unreadable = (place: string, text: string, example: string): PaasError =>
  new PaasError(
    "build_failed",
    `${place} ${JSON.stringify(text.slice(0, 60))} is not a version. Write for example ${example}.`,
  );

/** The runtime the builder found; a plan is made only after one was. */
export function runtimeIn(found: Found[]): Runtime {
  const runtime = found.find((one): one is Runtime => "runtime" in one);
  if (!runtime) throw new Error("a plan is made without its runtime");
  return runtime;
}

/** For the transcript. */
export const runtimeNote = ({ runtime, version, from, wish }: Runtime): string =>
  `${runtime} ${version}${"image" in from ? ` from ${from.image}` : " from Debian"} (${wish.reason})`;
