import { parseBuildpack } from "./buildpack-source";
import { conflict, invalid, notFound } from "./error";

/** A change of the buildpacks that an app's builds use, in their order; `index` counts from 1. */
export type BuildpackWish =
  | { act: "add"; buildpack: string; index?: number | undefined }
  | { act: "set"; buildpack: string; index?: number | undefined }
  | { act: "remove"; buildpack: string }
  | { act: "remove-at"; index: number }
  | { act: "clear" };

const maxBuildpacks = 20;

/** Applies a wish as Heroku's CLI does: `set` replaces the first unless told which, past the end it adds. Throws what is wrong with it. */
export function changeBuildpacks(list: readonly string[], wish: BuildpackWish): string[] {
  switch (wish.act) {
    case "add":
      return withOne(list, wish, 0);
    case "set":
      return withOne(list, { ...wish, index: wish.index ?? 1 }, 1);
    case "remove":
      return without(
        list,
        list.indexOf(wish.buildpack),
        `${JSON.stringify(wish.buildpack)} is not among them`,
      );
    case "remove-at":
      return without(list, wish.index - 1, `there is no number ${wish.index}`);
    case "clear":
      return [];
  }
}

function withOne(
  list: readonly string[],
  { buildpack, index }: { buildpack: string; index?: number | undefined },
  replaced: 0 | 1,
): string[] {
  parseBuildpack(buildpack);
  if (list.includes(buildpack)) throw conflict(`The buildpack ${buildpack} is already set.`);
  const next = list.toSpliced(index === undefined ? list.length : index - 1, replaced, buildpack);
  if (next.length > maxBuildpacks) throw invalid(`At most ${maxBuildpacks} buildpacks can be set.`);
  return next;
}

function without(list: readonly string[], at: number, fault: string): string[] {
  if (at >= 0 && at < list.length) return list.toSpliced(at, 1);
  throw notFound(
    list.length === 0
      ? "No buildpacks are set."
      : `Of the buildpacks that are set, ${fault}: see paas buildpacks.`,
  );
}
