import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "../../../core/settings";
import { barrierTo, prepareDataDir } from "../../../supervisor/data-dir";
import { createDurably, writeDurably } from "../../../supervisor/durable-file";
import { makePlatformFiles } from "../../../supervisor/platform-files";
import { lastLines, rotate } from "../../../supervisor/roles/role-log";
import { socketDirFor } from "../../../supervisor/socket-dir";
import { readStatus } from "../../../supervisor/status-file";
import { unitText } from "../../../supervisor/systemd-unit";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "paas-unit-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const nobody = { uid: 65_534, gid: 65_534 };

test("a file is created once and written whole, for its owner alone", () => {
  const path = join(dir, "secret");
  expect(createDurably(path, "one")).toBe(true);
  expect(createDurably(path, "two")).toBe(false);
  expect(readFileSync(path, "utf8")).toBe("one");
  writeDurably(path, "three");
  expect(readFileSync(path, "utf8")).toBe("three");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("what a platform has once is made once", () => {
  const settings = readSettings({ PAAS_DATA_DIR: dir }, { uid: 0, home: "/root" });
  const read = () =>
    ["platform-id", "secret.key", "admin.token"].map((name) => readFileSync(join(dir, name), "utf8"));
  makePlatformFiles(settings, false);
  const first = read();
  makePlatformFiles(settings, true);
  expect(read()).toEqual(first);
  expect(first[0]).toMatch(/^[a-z2-9]{8}$/);
  expect(first[1]).toMatch(/^[0-9a-f]{64}$/);
  expect(first[2]).toMatch(/^paas_[a-z2-9]{32}$/);
});

test.each(["platform-id", "secret.key"])("a lost %s is told when there is data", (name) => {
  const settings = readSettings({ PAAS_DATA_DIR: dir }, { uid: 0, home: "/root" });
  makePlatformFiles(settings, false);
  rmSync(join(dir, name));
  expect(() => makePlatformFiles(settings, true)).toThrow(/is missing.*Restore the file from a backup/);
});

test("a directory full of other things is refused as data directory and keeps its mode", () => {
  chmodSync(dir, 0o755);
  writeFileSync(join(dir, "letters.txt"), "");
  expect(() => prepareDataDir(dir, undefined)).toThrow(/holds other files/);
  expect(statSync(dir).mode & 0o777).toBe(0o755);
});

test("a data directory lets the database user through, and into nothing else", () => {
  const data = prepareDataDir(join(dir, "data"), nobody);
  expect(statSync(data).mode & 0o777).toBe(0o711);
  for (const name of ["run", "logs", "repositories", "sources", "app-logs", "router"])
    expect([name, statSync(join(data, name)).mode & 0o777]).toEqual([name, 0o700]);
  expect(statSync(prepareDataDir(join(dir, "own"), undefined)).mode & 0o777).toBe(0o700);
});

test("the first directory that a user cannot enter is named", () => {
  mkdirSync(join(dir, "open/data"), { recursive: true });
  expect(barrierTo(join(dir, "open/data"), nobody)).toBe(dir);
  chmodSync(dir, 0o711);
  expect(barrierTo(join(dir, "open/data"), nobody)).toBeUndefined();
});

test("sockets lie in the data directory unless that path is too long for one", () => {
  expect(socketDirFor("/var/lib/paas", true, 0)).toBe("/var/lib/paas/sockets");
  const long = `/srv/${"x".repeat(90)}`;
  expect(socketDirFor(long, true, 0)).toMatch(/^\/run\/paas-[0-9a-f]{12}$/);
  expect(socketDirFor(long, false, 1000)).toMatch(/^\/tmp\/paas-1000-[0-9a-f]{12}$/);
});

test("a log over its limit is moved aside, and one that is written goes on", () => {
  const path = join(dir, "role.log");
  writeFileSync(path, "a\nb\nc\n");
  expect(rotate(path)).toBe(false);
  expect(lastLines(path, 2, 5)).toEqual(["b", "c"]);
  expect(lastLines(path, 0, 1)).toEqual(["c"]);
  truncateSync(path, 11 * 1024 * 1024);
  expect(rotate(path)).toBe(true);
  expect([statSync(path).size, statSync(`${path}.1`).size]).toEqual([0, 11 * 1024 * 1024]);
});

test.each(["", "{", "[]", '{"pid":"x"}'])("a status file that says %j counts as none", (text) => {
  writeFileSync(join(dir, "status"), text);
  expect(readStatus(join(dir, "status"))).toBeUndefined();
  expect(readStatus(join(dir, "absent"))).toBeUndefined();
});

test("a systemd unit takes paths as they are", () => {
  const unit = unitText({
    start: ["/opt/no de", '/srv/100%/$x".js'],
    environmentPath: "/etc/paas/paas.env",
    path: "/bin",
  });
  expect(unit).toContain('ExecStart="/opt/no de" "/srv/100%%/$$x\\".js"\n');
  expect(unit).toMatch(/KillMode=process/);
});
