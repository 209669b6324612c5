import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { RefAnswer, RefUpdate } from "../../../core/push";
import type { GitDoor } from "../../../server/git/receiver";
import {
  commitFiles,
  type GitTestServer,
  git,
  newCheckout,
  shop,
  startGitServer,
} from "../../support/git-server";

const main = "refs/heads/main";
const decidedByHost: GitDoor["receive"] = async (_actor, app, updates, output) => {
  pushes.push(updates);
  return Promise.all(updates.map((update) => decide(app.id, update, (text) => output.write(text))));
};

/** Deploy branches are moved by the server, everything else is left to git: the shape of the real action. */
async function decide(appId: string, update: RefUpdate, write: (text: string) => void): Promise<RefAnswer> {
  const { ref, oldCommit, newCommit } = update;
  if (ref !== main) {
    write("-----> Pushed to non-deploy branch, skipping build.\n");
    return { ref, ok: true, moved: false };
  }
  if (/^0+$/.test(newCommit)) return { ref, ok: false, reason: "the deploy branch\ncannot be deleted" };
  write("-----> Building ünïcode\n");
  const prepared = await host.door.repositories.prepareRef(appId, ref, oldCommit, newCommit);
  await prepared.commit();
  return { ref, ok: true, moved: true };
}

let host: GitTestServer;
let pushes: RefUpdate[][];
let receive: GitDoor["receive"];

beforeEach(async () => {
  pushes = [];
  receive = decidedByHost;
  host = await startGitServer((...args) => receive(...args));
});
afterEach(async () => {
  const left = await leftovers();
  await host.close();
  expect(left).toEqual([]);
});

/** Locks and half-received objects in the app's repository. */
async function leftovers(): Promise<string[]> {
  const files = await readdir(host.door.repositories.path(shop.id), { recursive: true });
  return files.filter((file) => /\.lock$|incoming-|tmp_/.test(file));
}

const tip = (ref: string) => host.door.repositories.tip(shop.id, ref);
const push = (checkout: string, ...args: string[]) => git(checkout, "push", host.url("shop"), ...args);

test("a push streams output and moves the ref; clone and fetch bring it back", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const pushed = await push(checkout, "main");
  expect(pushed.text).toContain("remote: -----> Building ünïcode");
  expect(pushed.text).toContain("main -> main");
  expect(pushed.code).toBe(0);
  const clone = await git(host.directory, "clone", "-q", host.url("shop", "viewer"), "clone");
  expect(clone).toEqual({ code: 0, text: "" });
  const commit = await commitFiles(checkout, { b: "2\n" });
  expect((await push(checkout, "main")).code).toBe(0);
  expect((await git(join(host.directory, "clone"), "pull", "-q")).code).toBe(0);
  expect((await git(join(host.directory, "clone"), "rev-parse", "HEAD")).text.trim()).toBe(commit);
  expect(await tip(main)).toBe(commit);
  expect(host.faults).toEqual([]);
});

test("all protocol versions fetch, and a partial and a shallow clone work", async () => {
  const checkout = await newCheckout(host.directory, "one");
  await commitFiles(checkout, { b: "2\n" });
  await push(checkout, "main");
  for (const version of ["0", "1", "2"]) {
    const listed = await git(checkout, "-c", `protocol.version=${version}`, "ls-remote", host.url("shop"));
    expect(listed.text).toContain(main);
    const name = `clone${version}`;
    const cloned = await git(
      host.directory,
      "-c",
      `protocol.version=${version}`,
      "clone",
      "-q",
      host.url("shop"),
      name,
    );
    expect(cloned).toEqual({ code: 0, text: "" });
  }
  expect(
    (await git(host.directory, "clone", "-q", "--filter=blob:none", host.url("shop"), "partial")).code,
  ).toBe(0);
  expect((await git(host.directory, "clone", "-q", "--depth=1", host.url("shop"), "shallow")).code).toBe(0);
});

test("one call decides on all refs of a push; others than deploy branches are moved by git", async () => {
  const checkout = await newCheckout(host.directory, "one");
  await git(checkout, "tag", "-a", "v1", "-m", "one");
  await git(checkout, "branch", "feature/x");
  await git(checkout, "notes", "add", "-m", "note");
  const pushed = await push(checkout, "main", "v1", "feature/x", "refs/notes/commits");
  expect(pushed.code).toBe(0);
  expect(pushed.text).toContain("skipping build");
  expect(pushes.map((updates) => updates.map(({ ref }) => ref).sort())).toEqual([
    ["refs/heads/feature/x", main, "refs/notes/commits", "refs/tags/v1"],
  ]);
  expect(await tip("refs/heads/feature/x")).toBe(await tip(main));
  expect(await tip("refs/tags/v1")).not.toBeNull();
  expect((await push(checkout, ":feature/x", ":v1")).code).toBe(0);
  expect(await tip("refs/heads/feature/x")).toBeNull();
});

test("a refusal reaches the pusher, moves nothing, and harms no other ref", async () => {
  const checkout = await newCheckout(host.directory, "one");
  await push(checkout, "main");
  const before = await tip(main);
  const pushed = await push(checkout, ":main", "main:other");
  expect(pushed.code).toBe(1);
  expect(pushed.text).toContain("[remote rejected] main (the deploy branch cannot be deleted)");
  expect(await tip(main)).toBe(before);
  expect(await tip("refs/heads/other")).toBe(before);
});

test("a forced push carries the lease the pusher has; a stale one is refused with the reason", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const first = await commitFiles(checkout, { a: "2\n" });
  await push(checkout, "main");
  await git(checkout, "commit", "-q", "--amend", "-m", "other");
  expect((await push(checkout, "main")).text).toContain("rejected");
  expect((await push(checkout, "--force", "main")).code).toBe(0);
  expect(pushes.at(-1)?.[0]?.oldCommit).toBe(first);
  receive = async (_actor, app, [update]) => {
    if (!update) return [];
    await host.door.repositories.prepareRef(app.id, update.ref, first, update.newCommit);
    return [{ ref: update.ref, ok: true, moved: true }];
  };
  await commitFiles(checkout, { a: "3\n" });
  expect((await push(checkout, "main")).text).toMatch(/remote rejected.*has moved to \w{7}: fetch first/);
});

test("names that stand against each other are refused by git or by prepareRef, each with a reason", async () => {
  const checkout = await newCheckout(host.directory, "one");
  expect((await push(checkout, "main:refs/heads/main/sub")).code).toBe(0);
  expect((await push(checkout, "main")).text).toContain("cannot exist beside refs/heads/main/sub");
  expect((await push(checkout, "main:refs/heads/main/sub/sub")).text).toContain("[remote rejected]");
  expect(await tip(main)).toBeNull();
});

test("an action that fails answers ng: a person's error in its words, any other without its inside", async () => {
  const checkout = await newCheckout(host.directory, "one");
  receive = async () => {
    throw new Error("password=hunter2");
  };
  const pushed = await push(checkout, "main");
  expect(pushed.text).toContain("[remote rejected] main -> main (the server had an internal error");
  expect(pushed.text).not.toContain("hunter2");
  expect(host.faults).toHaveLength(1);
  receive = async () => [];
  expect((await push(checkout, "main")).text).toContain("the server gave no answer");
});

test("a push from a shallow clone is refused before anything is decided, or deploys when nothing is missing", async () => {
  const checkout = await newCheckout(host.directory, "one");
  await commitFiles(checkout, { a: "2\n" });
  await git(host.directory, "clone", "-q", "--depth=1", `file://${checkout}`, "shallow");
  const shallow = join(host.directory, "shallow");
  const refused = await push(shallow, "main");
  expect(refused.text).toContain("shallow update not allowed");
  expect(refused.text).toContain("git fetch --unshallow");
  expect(pushes).toEqual([]);
  expect(await host.door.repositories.isShallow(shop.id)).toBe(false);
  expect((await push(checkout, "main")).code).toBe(0);
  await commitFiles(shallow, { a: "3\n" });
  expect((await push(shallow, "main")).code).toBe(0);
  expect(await host.door.repositories.isShallow(shop.id)).toBe(false);
});

test("malformed objects are refused before anything is decided", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const tree = (await git(checkout, "rev-parse", "HEAD^{tree}")).text.trim();
  const commit = `tree ${tree}\nauthor a <a> 1 +0000\ncommitter broken\n\nx\n`;
  await commitFiles(checkout, { "commit.txt": commit });
  const oid = (
    await git(checkout, "hash-object", "-t", "commit", "-w", "--literally", "commit.txt")
  ).text.trim();
  const pushed = await push(checkout, `${oid}:${main}`);
  expect(pushed.code).not.toBe(0);
  expect(pushed.text).toMatch(/remote: .*missingEmail|badDate|missing/i);
  expect(pushes).toEqual([]);
});

test("a large push in small chunks arrives, and one over the pack limit is refused in words", async () => {
  const checkout = await newCheckout(host.directory, "one", { big: "" });
  await commitFiles(checkout, { big: randomBytes(3 * 1024 ** 2) });
  const pushed = await git(checkout, "-c", "http.postBuffer=65536", "push", host.url("shop"), "main");
  expect(pushed.code).toBe(0);
  const limited = await startGitServer(decidedByHost, {}, 1024 ** 2);
  try {
    const refused = await git(checkout, "push", limited.url("shop"), "main");
    expect(refused.text).toContain("pack exceeds maximum allowed size");
    expect(refused.code).not.toBe(0);
  } finally {
    await limited.close();
  }
});

test("two pushes at once get their own answers", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const [one, two] = await Promise.all([push(checkout, "main:left"), push(checkout, "main:right")]);
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(one.text).toContain("left");
  expect(pushes.map((updates) => updates.map(({ ref }) => ref)).sort()).toEqual([
    ["refs/heads/left"],
    ["refs/heads/right"],
  ]);
});

test("all-or-nothing pushes are not offered, since a deploy cannot be undone", async () => {
  const checkout = await newCheckout(host.directory, "one");
  expect((await push(checkout, "--atomic", "main", "main:b")).text).toContain("does not support --atomic");
});
