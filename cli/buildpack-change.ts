import type { BuildpackWish } from "../core/buildpack-list";
import { invalid } from "../core/error";
import { shellWord } from "../core/shell-word";
import type { BuildpacksView } from "../core/wire";
import { nextBuild } from "./next-build";
import { appPath, type Session } from "./session";

export const indexFlag = {
  index: { type: "string", short: "i", about: "its place in the list, from 1" },
} as const;

/** Throws `invalid` for what is no place. */
export function placeOf(index: string | undefined): number | undefined {
  if (index === undefined || /^[1-9]\d{0,2}$/.test(index))
    return index === undefined ? undefined : Number(index);
  throw invalid("Invalid index. Must be a number greater than 0.");
}

/** Changes the app's buildpacks, shows what the next build uses and how to undo it. */
export async function changeBuildpacks(session: Session, done: string, wish: BuildpackWish): Promise<void> {
  const app = await session.app();
  const view = await session.api.patch<BuildpacksView>(appPath(app, "/buildpacks"), wish);
  const { buildpacks } = view;
  if (buildpacks.length === 0)
    session.print(`${done}. The next build of ${app} goes by what is in the repository.`);
  else {
    session.print(`${done}. The next build of ${app} uses:`, ...numbered(buildpacks));
    session.note(nextBuild(app));
  }
  session.note(...undo(view, app));
}

export const numbered = (buildpacks: string[]): string[] =>
  buildpacks.map((buildpack, at) => `  ${at + 1}. ${buildpack}`);

/** One line where one command does it; else the list is set anew. */
function undo({ buildpacks, previous }: BuildpacksView, app: string): string[] {
  const at = previous.findIndex((one, place) => one !== buildpacks[place]);
  const old = shellWord(previous[at] ?? "");
  const place = ` --index ${at + 1}`;
  if (at === -1 && buildpacks.length === previous.length) return [];
  if (buildpacks.length > previous.length)
    return [`To undo: paas buildpacks:remove --index ${(at === -1 ? previous.length : at) + 1} -a ${app}`];
  if (buildpacks.length === previous.length) return [`To undo: paas buildpacks:set ${old}${place} -a ${app}`];
  if (buildpacks.length === previous.length - 1)
    return [`To undo: paas buildpacks:add ${old}${place} -a ${app}`];
  return ["To undo:", ...previous.map((one) => `  paas buildpacks:add ${shellWord(one)} -a ${app}`)];
}
