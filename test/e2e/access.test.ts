import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";
import { dataPaths } from "../../core/data-paths";
import { labels } from "../../core/image";
import { redisDir } from "../../supervisor/roles/marks";
import { processesIn } from "../support/find-processes";
import { startPlatform, type TestPlatform } from "../support/platform";
import { commandLines, environmentOf } from "../support/proc";
import { dockerApp, Project } from "../support/project";

jest.setTimeout(180_000);

const secretKey = randomBytes(32).toString("hex");
const configValue = `config-${randomBytes(12).toString("hex")}`;

let platform: TestPlatform;
let shop: Project;
let strangersToken: string;
let tip: string;
beforeAll(async () => {
  platform = await startPlatform({ env: { PAAS_SECRET_KEY: secretKey } });
  shop = await Project.create(platform, "shop");
  await shop.paas("config:set", `PASSWORD=${configValue}`);
  await shop.commit(await dockerApp("one"));
  const { exitCode, stderr } = await shop.push("main");
  if (exitCode !== 0) throw new Error(stderr);
  tip = await shop.remoteTip();
  await Project.create(platform, "other");
  const made = await platform.cli(["tokens:create", "stranger", "--app", "other", "--role", "deployer"]);
  strangersToken = made.stdout.trim();
}, 180_000);
afterAll(() => platform?.stop(), 120_000);

/** Files below a directory, with what tells that one was written. */
function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const { size, mtimeMs, ino } = statSync(join(directory, name));
      return `${name} ${size} ${mtimeMs} ${ino}`;
    });
}

const basic = (token: string): string => `Basic ${Buffer.from(`x:${token}`).toString("base64")}`;
const packet = (text: string): string => (text.length + 4).toString(16).padStart(4, "0") + text;

describe.each(["the API's port", "the router's"])("git at %s", (door) => {
  async function ask(method: string, path: string, token: string | undefined, body: string): Promise<number> {
    const headers = {
      ...(token === undefined ? {} : { authorization: basic(token) }),
      ...(method === "POST" ? { "content-type": `application/x-${path.split("/").at(-1)}-request` } : {}),
    };
    const options = { method, headers, ...(method === "POST" ? { body } : {}) };
    if (door === "the router's") return (await platform.fetch("paas.localhost", path, options)).status;
    return (await fetch(`http://127.0.0.1:${platform.apiPort}${path}`, options)).status;
  }

  test.each([
    ["GET", "/info/refs?service=git-upload-pack"],
    ["GET", "/info/refs?service=git-receive-pack"],
    ["POST", "/git-upload-pack"],
    ["POST", "/git-receive-pack"],
    ["GET", "/HEAD"],
    ["GET", "/config"],
    ["POST", "/info/refs?service=git-receive-pack"],
    ["POST", "/git-upload-archive"],
    ["DELETE", "/git-receive-pack"],
  ])(
    "%s %s: 401 without a token and with a wrong one, 404 with another app's, and nothing written",
    async (method, what) => {
      const deletion = `${packet(`${tip} ${"0".repeat(40)} refs/heads/main\0report-status`)}0000`;
      const before = filesIn(dataPaths(platform.dataDir).repositories);
      for (const app of ["shop", "missing"]) {
        const path = `/git/${app}.git${what}`;
        const answers = [undefined, "wrong", strangersToken].map((token) =>
          ask(method, path, token, deletion),
        );
        expect(await Promise.all(answers)).toEqual([401, 401, 404]);
      }
      expect(filesIn(dataPaths(platform.dataDir).repositories)).toEqual(before);
    },
  );

  test("the right token opens it, and none of the others moved anything", async () => {
    const status = await ask("GET", "/git/shop.git/info/refs?service=git-upload-pack", platform.token, "");
    expect(status).toBe(200);
    expect(await shop.remoteTip()).toBe(tip);
    expect(JSON.parse((await shop.paas("builds", "--json")).stdout)).toHaveLength(1);
  });
});

describe("secrets", () => {
  const secrets = () => ({
    "the admin's token": platform.token,
    "a config value": configValue,
    "the secret key": secretKey,
    "Redis' password": passwordIn(dataPaths(platform.dataDir).redisUrl),
  });
  /** PostgreSQL's URL holds none: it asks the kernel who calls. */
  function passwordIn(urlFile: string): string {
    const [, password] = /[?&]password=([^&\s]+)/.exec(readFileSync(urlFile, "utf8")) ?? [];
    if (password === undefined) throw new Error(`${urlFile} holds no password`);
    return password;
  }
  /** Names of the secrets that a text holds. */
  const found = (text: string): string[] =>
    Object.entries(secrets()).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));

  test("are in no program's arguments, nor in the environment of git, while a push is under way", async () => {
    const seen = { arguments: new Set<string>(), environment: new Set<string>(), gits: new Set<string>() };
    const files = await dockerApp("two");
    await shop.commit({ ...files, Dockerfile: `${files.Dockerfile}RUN echo one; sleep 1; echo two\n` });
    const look = () => {
      for (const name of found(commandLines().join("\n"))) seen.arguments.add(name);
      for (const { pid, words } of processesIn(dataPaths(platform.dataDir).repositories)) {
        // Between fork and exec a child is still the server, with the server's own memory.
        if (words.some((word) => word.endsWith("/server/main.js"))) continue;
        seen.gits.add(words.slice(0, 2).join(" "));
        for (const name of found(environmentOf(pid).join("\n"))) seen.environment.add(name);
      }
    };
    const { exitCode } = await shop.pushAloud(look, "main");
    expect(exitCode).toBe(0);
    expect([...seen.gits].join()).toContain("receive-pack");
    expect([...seen.arguments]).toEqual([]);
    expect([...seen.environment]).toEqual([]);
  });

  test("are in no image, and in no label of a container", async () => {
    const docker = new Docker();
    const filters = { label: [`${labels.platform}=${platform.id}`] };
    const images = await docker.listImages({ filters });
    expect(images.length).toBeGreaterThan(0);
    for (const { Id } of images) {
      const image = docker.getImage(Id);
      expect(found(JSON.stringify([await image.inspect(), await image.history()]))).toEqual([]);
    }
    const containers = await docker.listContainers({ all: true, filters });
    expect(containers.length).toBeGreaterThan(0);
    expect(found(JSON.stringify(containers))).toEqual([]);
  });

  test("are in no file below the data directory but their own", async () => {
    await shop.paas("run", "true");
    const named = Object.values(dataPaths(platform.dataDir)).filter((path) => /(token|key|-url)$/.test(path));
    const own = [...named, join(redisDir(platform.dataDir), "redis.conf")];
    const others = readdirSync(platform.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.path, entry.name))
      .filter((path) => !own.includes(path));
    expect(others.some((path) => path.startsWith(dataPaths(platform.dataDir).roleLogs))).toBe(true);
    const telling = others.flatMap((path) =>
      found(readFileSync(path, "latin1")).map((name) => `${name} in ${path.slice(platform.dataDir.length)}`),
    );
    expect(telling).toEqual([]);
    const readable = own.filter((path) => (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077);
    expect(readable).toEqual([]);
  });
});
