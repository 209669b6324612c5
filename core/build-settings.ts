import { z } from "zod";
import { buildSettingNames } from "./build-setting-words";
import { invalid } from "./error";

/** What an app's builds are told beside its repository; all of it optional. Paths are relative, below the one before. */
export const buildSettingsSchema = z.object({
  /** Directory of the repository that is the app; all else in it is not looked at. */
  root: z.string().optional(),
  /** The Dockerfile's path below the root; without: Dockerfile, if there is one. */
  dockerfile: z.string().optional(),
  /** Directory below the root that the Dockerfile's COPY sees; without: the root. */
  context: z.string().optional(),
  /** Stage of the Dockerfile to build; without: its last. */
  target: z.string().optional(),
  /** Buildpacks in the order they run, as people named them; without: what the repository says. */
  buildpacks: z.array(z.string()).optional(),
});
export type BuildSettings = z.infer<typeof buildSettingsSchema>;

/** Applies wishes: a text sets, an empty one goes back to the default. Throws `invalid` for what is no path or stage. */
export function changeBuildSettings(settings: BuildSettings, wishes: BuildSettings): BuildSettings {
  const next: BuildSettings = { ...settings };
  for (const name of buildSettingNames) {
    const wish = wishes[name];
    if (wish === undefined) continue;
    const value = name === "target" ? checkedStage(wish) : checkedPath(name, wish);
    if (value === "") delete next[name];
    else next[name] = value;
  }
  return next;
}

function checkedPath(name: string, path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (path.startsWith("/") || parts.includes("..") || /\p{Cc}|\\/u.test(path) || path.length > 500)
    throw invalid(
      `${JSON.stringify(path.slice(0, 80))} is no ${name}: write a path below the repository's root, such as apps/api.`,
    );
  return parts.join("/");
}

function checkedStage(stage: string): string {
  if (/^([A-Za-z0-9][A-Za-z0-9_.-]{0,127})?$/.test(stage)) return stage;
  throw invalid(
    `${JSON.stringify(stage.slice(0, 80))} is no stage of a Dockerfile: write its name, as in FROM ... AS name.`,
  );
}
