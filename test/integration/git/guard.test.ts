import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import type { GitDoor } from "../../../server/git/receiver";
import {
  commitFiles,
  type GitTestServer,
  git,
  newCheckout,
  shop,
  startGitServer,
} from "../../support/git-server";
import { type Answer, askGit, basic, type Sent } from "./ask-git";
import { overLimit, pkt, zeros } from "./pushed-bytes";

let host: GitTestServer;
let received = 0;
const receive: GitDoor["receive"] = async (_actor, _app, updates) => {
  received += 1;
  return updates.map(({ ref }) => ({ ref, ok: true, moved: false }));
};

beforeAll(async () => {
  host = await startGitServer(receive, { pushBytes: 2 * 1024 ** 2, fetchBytes: 64 * 1024 });
  const checkout = await newCheckout(host.directory, "one");
  await git(checkout, "push", host.url("shop"), "main");
  received = 0;
});
afterAll(() => host.close());
afterEach(() => {
  expect(host.faults).toEqual([]);
  expect(received).toBe(0);
});

const ask = (method: string, path: string, sent?: Sent): Promise<Answer> => askGit(host, method, path, sent);

const deletion = `${pkt(`${"1".repeat(40)} ${zeros} refs/heads/main\0report-status`)}0000`;

const known: [string, string][] = [
  ["GET", "/info/refs?service=git-upload-pack"],
  ["GET", "/info/refs?service=git-receive-pack"],
  ["POST", "/git-upload-pack"],
  ["POST", "/git-receive-pack"],
];
const unknown: [string, string][] = [
  ["GET", ""],
  ["GET", "/HEAD"],
  ["GET", "/config"],
  ["GET", "/objects/info/packs"],
  ["GET", "/info/refs"],
  ["GET", "/info/refs?service=git-upload-archive"],
  ["GET", "/info/refs?service=git-upload-pack&service=git-receive-pack"],
  ["GET", "/info/refs?service=git-upload-pack?"],
  ["GET", "/git-upload-pack"],
  ["GET", "/git-receive-pack"],
  ["HEAD", "/info/refs?service=git-upload-pack"],
  ["PUT", "/git-receive-pack"],
  ["DELETE", "/git-receive-pack"],
  ["OPTIONS", "/git-receive-pack"],
  ["POST", "/info/refs?service=git-receive-pack"],
  ["POST", "/git-receive-pack?x=1"],
  ["POST", "/git-receive-pack/"],
  ["POST", "//git-receive-pack"],
  ["POST", "/git-upload-archive"],
  ["POST", "%2fgit-receive-pack"],
  ["POST", "/git-receive-pack%00"],
  ["POST", "/../other.git/git-receive-pack"],
  ["POST", "/%2e%2e/other.git/git-receive-pack"],
];

describe.each([...known, ...unknown])("%s shop.git%s", (method, path) => {
  test.each(["shop", "missing"])("%s without a token, or with a wrong one: 401", async (app) => {
    const body = method === "POST" ? deletion : "";
    const headers = { "content-type": "application/x-git-receive-pack-request" };
    const none = await ask(method, `/git/${app}.git${path}`, { body, headers });
    const wrong = await ask(method, `/git/${app}.git${path}`, { body, headers, token: "wrong" });
    for (const answer of [none, wrong]) {
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe('Basic realm="paas", charset="UTF-8"');
    }
    expect(none.body).toBe(wrong.body);
  });

  test("with another app's token, or for an unknown app: 404, one like the other", async () => {
    const body = method === "POST" ? deletion : "";
    const hidden = await ask(method, `/git/shop.git${path}`, { body, token: "stranger" });
    const missing = await ask(method, `/git/missing.git${path}`, { body, token: "stranger" });
    expect([hidden.status, missing.status]).toEqual([404, 404]);
    expect(hidden.body).toBe(missing.body);
  });
});

test.each(unknown)("%s shop.git%s is nothing to anyone", async (method, path) => {
  expect(
    (await ask(method, `/git/shop.git${path}`, { token: "admin", body: method === "POST" ? deletion : "" }))
      .status,
  ).toBe(404);
});

test("who may read may not push, whichever request is sent", async () => {
  const advertised = await ask("GET", "/git/shop.git/info/refs?service=git-receive-pack", {
    token: "viewer",
  });
  const sent = await ask("POST", "/git/shop.git/git-receive-pack", { token: "viewer", body: deletion });
  expect([advertised.status, sent.status]).toEqual([403, 403]);
  expect(advertised.body).toContain("vera may not push to shop");
  expect(
    (await ask("GET", "/git/shop.git/info/refs?service=git-upload-pack", { token: "viewer" })).status,
  ).toBe(200);
});

test("git shows the reason of a refusal", async () => {
  const checkout = await newCheckout(host.directory, "two");
  expect((await git(checkout, "push", host.url("shop", "viewer"), "main:x")).text).toContain(
    "vera may not push to shop",
  );
  expect((await git(checkout, "push", host.url("missing"), "main:x")).text).toContain(
    "There is no such repository",
  );
  expect((await git(checkout, "push", host.url("shop", "wrong"), "main:x")).text).toMatch(
    /Authentication failed|could not read/,
  );
});

test.each([
  "Basic",
  "Basic !!",
  "Bearer admin",
  `Basic ${Buffer.from("admin").toString("base64")}`,
  `Basic ${Buffer.from("admin:").toString("base64")}`,
])("credentials that are none: %s", async (authorization) => {
  const path = "/git/shop.git/info/refs?service=git-upload-pack";
  expect((await ask("GET", path, { headers: { authorization } })).status).toBe(401);
});

describe("bodies", () => {
  const push = "/git/shop.git/git-receive-pack";
  const fetch = "/git/shop.git/git-upload-pack";
  const token = "deployer";

  test("the probe that git sends before a large push is answered", async () => {
    expect(await ask("POST", push, { token, body: "0000" })).toMatchObject({ status: 200, body: "" });
  });

  test.each([
    ["garbage", "no packet at all"],
    ["empty", ""],
    ["a cut packet", "0100abc"],
  ])("%s is answered with an error", async (_what, body) => {
    const answer = await ask("POST", push, { token, body });
    expect(answer.status === 500 || answer.body === "" || answer.body.includes("ERR")).toBe(true);
    host.faults.length = 0;
  });

  test("over the limit, announced: 413 before anything is read", async () => {
    const answer = await ask("POST", push, {
      token,
      headers: { "content-length": String(3 * 1024 ** 2) },
      body: "0000",
    });
    expect(answer.status).toBe(413);
    expect(answer.body).toContain("over the limit of 2 MB");
  });

  test("over the limit, in chunks: 413", async () => {
    const answer = await ask("POST", fetch, {
      token,
      headers: { "transfer-encoding": "chunked" },
      body: Buffer.alloc(100_000, "0032"),
    });
    expect([413, 500]).toContain(answer.status);
    const pushed = await ask("POST", push, {
      token,
      headers: { "transfer-encoding": "chunked" },
      body: overLimit(),
    });
    expect(pushed.status).toBe(413);
  });

  test("over the limit once inflated: 413", async () => {
    const bomb = gzipSync(overLimit());
    expect(bomb.length).toBeLessThan(100_000);
    expect(
      (await ask("POST", push, { token, headers: { "content-encoding": "gzip" }, body: bomb })).status,
    ).toBe(413);
  });

  test("gzip that is none, and an unknown encoding", async () => {
    expect(
      (await ask("POST", fetch, { token, headers: { "content-encoding": "gzip" }, body: "garbage" })).status,
    ).toBe(422);
    expect(
      (await ask("POST", fetch, { token, headers: { "content-encoding": "br" }, body: "garbage" })).status,
    ).toBe(422);
  });

  test("a gzipped body is inflated", async () => {
    const body = gzipSync(`${pkt("command=ls-refs\n")}0000`);
    const headers = { "content-encoding": "gzip", "git-protocol": "version=2" };
    const answer = await ask("POST", fetch, { token, headers, body });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toContain("refs/heads/main");
  });

  test("a git client's own gzip: a fetch with many haves", async () => {
    const checkout = await newCheckout(host.directory, "many");
    for (let i = 0; i < 40; i += 1) await commitFiles(checkout, {}, `c${i}`);
    const fetched = await git(checkout, "fetch", host.url("shop"), "main");
    expect(fetched.code).toBe(0);
  });

  test("Expect: 100-continue is answered", async () => {
    const head = `POST ${push} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(token)}\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n`;
    const text = await new Promise<string>((resolve, reject) => {
      let heard = "";
      const socket = connect(host.port, "127.0.0.1", () => socket.write(head));
      socket.setEncoding("latin1").on("data", (chunk: string) => {
        heard += chunk;
        if (heard.startsWith("HTTP/1.1 100 Continue\r\n\r\n") && !heard.includes("200 OK"))
          socket.write("0000");
      });
      socket.on("end", () => resolve(heard));
      socket.on("error", reject);
    });
    expect(text).toContain("HTTP/1.1 200 OK");
  });
});

test("nothing was written", async () => {
  const tips = await git(
    host.directory,
    "--git-dir",
    host.door.repositories.path(shop.id),
    "for-each-ref",
    "--format=%(refname)",
  );
  expect(tips.text.trim()).toBe("refs/heads/main");
});
