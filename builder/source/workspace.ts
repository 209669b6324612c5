import type { Buildpack, SourceView } from "../../buildpacks/buildpack";
import { sourceLimits } from "../../core/source-entry";
import type { Archive } from "./archive";
import { surveySource } from "./source-tree";

/** Where an app is that is a package of a workspace. */
export interface WorkspacePlace {
  /** The workspace's directory in the source; absent: all of it. */
  root: string | undefined;
  /** The app's path in the workspace. */
  member: string;
}

/** The nearest workspace above an app's root that has the app as a package; null when it stands alone. `app` is what is below its root. */
export async function workspaceAround(
  archive: Archive,
  root: string,
  app: SourceView,
  { workspace }: Buildpack,
): Promise<WorkspacePlace | null> {
  if (!workspace || workspace.isWhole(app)) return null;
  const above = directoriesAbove(root);
  const whole = new Set(above.flatMap((directory) => workspace.reads.map((name) => directory + name)));
  const { view } = await surveySource(archive, undefined, { whole, head: new Set() }, sourceLimits);
  for (const directory of above) {
    const texts = new Map<string, string>();
    for (const name of workspace.reads) {
      const text = view.texts.get(directory + name);
      if (text !== undefined) texts.set(name, text);
    }
    const member = root.slice(directory.length);
    if (workspace.holds(texts, member)) return { root: directory.replace(/\/$/, "") || undefined, member };
  }
  return null;
}

/** The nearest first, each with a slash at its end; the source's root is "". */
function directoriesAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return [...parts.map((_, at) => `${parts.slice(0, at + 1).join("/")}/`).reverse(), ""];
}
