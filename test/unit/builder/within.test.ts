import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import tar from "tar-stream";
import type { Archive } from "../../../builder/archive";
import { within } from "../../../builder/within";

async function archiveOf(
  entries: (Partial<tar.Header> & { name: string; text?: string })[],
): Promise<Archive> {
  const pack = tar.pack();
  for (const entry of entries) pack.entry({ type: "file", ...entry }, entry.text ?? "");
  pack.finalize();
  const bytes = await buffer(pack);
  return { bytes: bytes.length, read: () => Readable.from([bytes]), close: async () => undefined };
}

async function namesIn(archive: Archive): Promise<string[]> {
  const extract = tar.extract();
  archive.read().pipe(extract);
  const names: string[] = [];
  for await (const entry of extract) {
    names.push(`${entry.header.type} ${entry.header.name} ${entry.header.size}`);
    entry.resume();
  }
  return names;
}

test("the part below a directory becomes an archive of its own, empty files and links included", async () => {
  const long = `${"deep/".repeat(40)}file`;
  const archive = await archiveOf([
    { name: "./", type: "directory" },
    { name: "./apps/", type: "directory" },
    { name: "./apps/api/", type: "directory" },
    { name: "apps/api/empty", text: "" },
    { name: "./apps/api/main.js", text: "12345" },
    { name: `apps/api/${long}`, text: "1" },
    { name: "apps/api/link", type: "symlink", linkname: "main.js" },
    { name: "apps/api-of-another", text: "x" },
    { name: "apps/web/main.js", text: "x" },
  ]);
  expect(await namesIn(within(archive, "apps/api"))).toEqual([
    "file empty 0",
    "file main.js 5",
    `file ${long} 1`,
    "symlink link 0",
  ]);
  expect(within(archive, undefined)).toBe(archive);
});

test("a path that leaves the directory still leaves it, and is refused where the archive is read", async () => {
  const archive = await archiveOf([{ name: "apps/api/../../escaped", text: "x" }]);
  expect(await namesIn(within(archive, "apps/api"))).toEqual(["file ../../escaped 1"]);
});
