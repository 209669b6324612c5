import { surveySource } from "../../../../builder/source/source-tree";
import { type WorkspacePlace, workspaceAround } from "../../../../builder/source/workspace";
import { nodejs } from "../../../../buildpacks/nodejs/nodejs";
import { staticJson } from "../../../../buildpacks/static/static";
import { sourceLimits } from "../../../../core/source-entry";
import { archiveOf } from "../../../support/archive-of";
import { sourceOf } from "../../../support/source-view";

async function around(files: Record<string, string>, root: string): Promise<WorkspacePlace | null> {
  const archive = await archiveOf(Object.entries(files).map(([name, text]) => ({ name, text })));
  const reads = { whole: new Set<string>(), head: new Set<string>() };
  const { view } = await surveySource(archive, root, reads, sourceLimits);
  return workspaceAround(archive, root, { ...view, procfile: null }, nodejs);
}
const workspaces = (globs: unknown): string => JSON.stringify({ workspaces: globs });

test.each([
  ["npm", { "package.json": workspaces(["apps/*"]) }, "apps/api", { root: undefined, member: "apps/api" }],
  [
    "Yarn 1",
    { "package.json": workspaces({ packages: ["./apps/**/"] }) },
    "apps/a/b",
    { member: "apps/a/b" },
  ],
  [
    "pnpm",
    { "package.json": "{}", "pnpm-workspace.yaml": 'packages:\n  - "apps/*" # ours\n' },
    "apps/api",
    { member: "apps/api" },
  ],
  [
    "one below the repository's root",
    { "js/package.json": workspaces(["a-*"]) },
    "js/a-b",
    { root: "js", member: "a-b" },
  ],
  [
    "the nearest of two",
    { "package.json": workspaces(["**"]), "js/package.json": workspaces(["api"]) },
    "js/api",
    { root: "js", member: "api" },
  ],
])("a package of a workspace is built with it: %s", async (_, files, root, place) => {
  expect(await around(files, root)).toMatchObject(place);
});

test.each([
  [
    "a lock file of its own",
    { "package.json": workspaces(["apps/*"]), "apps/api/yarn.lock": "", "apps/api/package.json": "{}" },
    "apps/api",
  ],
  ["no workspace", { "package.json": "{}" }, "apps/api"],
  ["a name that no pattern fits", { "package.json": workspaces(["apps/*"]) }, "apps/api/deep"],
  ["a point that is no wildcard", { "package.json": workspaces(["a.i"]) }, "api"],
  ["one that is taken out again", { "package.json": workspaces(["apps/*", "!apps/api"]) }, "apps/api"],
  ["a package.json that cannot be read", { "package.json": "{" }, "apps/api"],
  [
    "a pnpm-workspace.yaml that cannot be read",
    { "package.json": "{}", "pnpm-workspace.yaml": "packages: [" },
    "api",
  ],
])("an app stands alone: %s", async (_, files, root) => {
  expect(await around(files, root)).toBeNull();
});

test("a language without workspaces asks for nothing", async () => {
  expect(await workspaceAround(await archiveOf([]), "apps/api", sourceOf({}), staticJson)).toBeNull();
});
