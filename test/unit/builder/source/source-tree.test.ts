import { buffer } from "node:stream/consumers";
import { buildContext, within } from "../../../../builder/image/build-context";
import type { ContextEntry } from "../../../../builder/image/context-entry";
import type { Archive } from "../../../../builder/source/archive";
import { surveySource } from "../../../../builder/source/source-tree";
import { sourceLimits } from "../../../../core/source-entry";
import { archiveOf } from "../../../support/archive-of";

const long = `${"deep/".repeat(40)}file`;
const apps = [
  { name: "./", type: "directory" },
  { name: "./apps/", type: "directory" },
  { name: "./apps/api/", type: "directory" },
  { name: "apps/api/empty", text: "" },
  { name: "./apps/api/main.js", text: "12345", mode: 0o4777 },
  { name: `apps/api/${long}`, text: "1" },
  { name: "apps/api/link", type: "symlink", linkname: "main.js" },
  { name: "apps/api-of-another", text: "x" },
  { name: "apps/web/main.js", text: "abc" },
] as const;

async function surveyed(archive: Archive, root?: string, reads: string[] = []): Promise<ContextEntry[]> {
  const { entries } = await surveySource(
    archive,
    root,
    { whole: new Set(reads), head: new Set() },
    sourceLimits,
  );
  return entries;
}

const shown = (entries: ContextEntry[]): Promise<string[]> =>
  Promise.all(
    entries.map(async ({ type, path, mode, size, linkname, content }) => {
      const text = type === "file" ? (await buffer(content())).toString() : linkname;
      return `${type} ${mode.toString(8)} ${path} ${size} ${text}`.trimEnd();
    }),
  );

test("what is below the root, with the bytes of each file, empty ones and links included", async () => {
  expect(await shown(await surveyed(await archiveOf(apps), "apps/api"))).toEqual([
    "file 644 empty 0",
    "file 755 main.js 5 12345",
    `file 644 ${long} 1 1`,
    "symlink 777 link 0 main.js",
  ]);
});

test("of a name that comes twice the last counts, and texts are kept", async () => {
  const archive = await archiveOf([
    { name: "a.txt", text: "first" },
    { name: "./a.txt", text: "last" },
  ]);
  expect(await shown(await surveyed(archive))).toEqual(["file 644 a.txt 4 last"]);
  const reads = { whole: new Set(["a.txt"]), head: new Set<string>() };
  const { view } = await surveySource(archive, undefined, reads, sourceLimits);
  expect(view).toEqual({
    names: new Set(["a.txt"]),
    files: new Set(["a.txt"]),
    texts: new Map([["a.txt", "last"]]),
  });
});

test("a path that leaves the tree is refused, below the root or not", async () => {
  const archive = await archiveOf([{ name: "apps/api/../../../escaped", text: "x" }]);
  await expect(surveyed(archive, "apps/web")).rejects.toMatchObject({ code: "build_failed" });
});

test("a build copies the source without what is left out, and files of ours in place of it", async () => {
  const source = within(await surveyed(await archiveOf(apps)), "apps");
  const recipe = {
    prefix: "app/",
    dockerfile: { name: "Dockerfile", text: "FROM scratch\n" },
    files: [{ name: "plan/0", text: "#!/bin/sh\n", executable: true as const }],
    leavesOut: (path: string) => path.startsWith("api"),
  };
  expect(await shown(buildContext(source, recipe))).toEqual([
    "file 644 app/web/main.js 3 abc",
    "file 644 Dockerfile 13 FROM scratch",
    "file 755 plan/0 10 #!/bin/sh",
  ]);
});
