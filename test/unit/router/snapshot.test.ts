import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppRoute } from "../../../core/route";
import { KnownTable } from "../../../router/known-table";
import { Snapshot } from "../../../router/snapshot";
import { target } from "../../support/router-rig/target";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "paas-snapshot-"));
  path = join(directory, "router", "table.jsonl");
});
afterEach(() => rm(directory, { recursive: true }));

const app = (port: number, name = "shop"): AppRoute => ({
  name,
  hosts: [`${name}.localhost`],
  mode: "serve",
  targets: [target("i1", port)],
});
const open = (boot = "boot-1") => {
  const table = new KnownTable();
  return { table, snapshot: new Snapshot(path, boot, table) };
};
type Open = ReturnType<typeof open>;

/** As a router does: the table takes the change, then it is kept. */
async function change({ table, snapshot }: Open, apps: Record<string, AppRoute | null>): Promise<void> {
  const next = { from: table.version, version: table.version + 1, apps };
  table.take(next);
  await snapshot.keep(next);
}

const wholeOf = ({ table }: Open) => structuredClone(table.whole);
const readBack = () => open().snapshot.read();

test("is read back by the same boot only", async () => {
  const one = open();
  expect(await one.snapshot.read()).toEqual({ unusable: "there is none" });
  await Promise.all([1, 2, 3].map((port) => change(one, { a1: app(port), [`b${port}`]: app(port) })));
  await change(one, { b2: null });
  expect(await readBack()).toEqual({ table: wholeOf(one) });
  expect(await readdir(join(directory, "router"))).toEqual(["table.jsonl"]);
  expect(await open("boot-2").snapshot.read()).toEqual({ unusable: "the host was rebooted since" });
});

test("holds all of a large table, to which changes are added until they are longer than it", async () => {
  const one = open();
  const all = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, at) => [`a${at}`, app(at + 1, `app${at}`)]),
  );
  await change(one, all);
  const whole = (await readFile(path)).length;
  const long = { ...app(1), pages: { p1: "x".repeat(400_000) } };
  const lengths: number[] = [];
  for (let at = 0; at < 6; at += 1) {
    await change(one, { a7: long });
    lengths.push((await readFile(path)).length);
    expect(await readBack()).toEqual({ table: wholeOf(one) });
  }
  expect(lengths.findIndex((length, at) => length < (lengths[at - 1] ?? whole))).toBe(3);
});

test("a line that was cut off counts for nothing", async () => {
  const one = open();
  await change(one, { a1: app(1) });
  const before = wholeOf(one);
  await appendFile(path, '{"from":1,"version":2,"apps":{"a1":nu');
  expect(await readBack()).toEqual({ table: before });
});

test("what could not be added has the file written anew", async () => {
  const one = open();
  await change(one, { a1: app(1) });
  await rm(join(directory, "router"), { recursive: true });
  await writeFile(join(directory, "router"), "a file is in the way");
  await expect(change(one, { a1: app(2) })).rejects.toThrow();
  await rm(join(directory, "router"));
  await change(one, { a2: app(3) });
  expect(await readBack()).toEqual({ table: wholeOf(one) });
});

test("that is torn or of another form is none", async () => {
  await change(open(), { a1: app(1) });
  for (const text of ["", '{"bootId":"b', '{"bootId":"boot-1"}', '{"bootId":"boot-1"}\n{"version":1}\n']) {
    await writeFile(path, text);
    expect(await readBack()).toEqual({ unusable: "it cannot be read" });
  }
});
