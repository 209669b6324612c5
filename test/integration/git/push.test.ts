import type { GitDoor, RefUpdate } from "../../../server/git/receiver";
import {
  commitFiles,
  type GitTestServer,
  git,
  newCheckout,
  shop,
  startGitServer,
} from "../../support/git-server";

let host: GitTestServer;
let pushes: RefUpdate[][] = [];

/** Deploy branches are moved by the server, everything else is left to git: the shape of the real action. */
const receive: GitDoor["receive"] = async (_actor, app, updates, output) => {
  pushes.push(updates);
  const answers = [];
  for (const { ref, oldCommit, newCommit } of updates) {
    if (ref !== "refs/heads/main") {
      output.write("-----> Pushed to non-deploy branch, skipping build.\n");
      answers.push({ ref, ok: true as const, moved: false });
      continue;
    }
    if (/^0+$/.test(newCommit)) {
      answers.push({ ref, ok: false as const, reason: "the deploy branch cannot be deleted" });
      continue;
    }
    output.write("-----> Building\n");
    const prepared = await host.door.repositories.prepareRef(app.id, ref, oldCommit, newCommit);
    await prepared.commit();
    answers.push({ ref, ok: true as const, moved: true });
  }
  return answers;
};

beforeAll(async () => {
  host = await startGitServer(receive);
});
afterAll(() => host.close());
beforeEach(() => {
  pushes = [];
});

test("a push streams output, moves the ref, and can be cloned and fetched", async () => {
  const checkout = await newCheckout(host.directory, "one");
  const pushed = await git(checkout, "push", host.url("shop"), "main");
  expect(pushed.text).toContain("remote: -----> Building");
  expect(pushed.text).toContain("main -> main");
  expect(pushed.code).toBe(0);
  const clone = await git(host.directory, "clone", "-q", host.url("shop", "viewer"), "clone");
  expect(clone).toEqual({ code: 0, text: "" });
  const commit = await commitFiles(checkout, { b: "2\n" });
  expect((await git(checkout, "push", host.url("shop"), "main")).code).toBe(0);
  const pulled = await git(`${host.directory}/clone`, "pull", "-q");
  expect(pulled.code).toBe(0);
  expect((await git(`${host.directory}/clone`, "rev-parse", "HEAD")).text.trim()).toBe(commit);
  expect(await host.door.repositories.tip(shop.id, "refs/heads/main")).toBe(commit);
  expect(host.faults).toEqual([]);
});
