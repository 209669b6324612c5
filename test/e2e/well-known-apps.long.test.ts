import { readFileSync } from "node:fs";
import { join } from "node:path";
import { copyExample } from "../support/fixture-app";
import { startPlatform, type TestPlatform } from "../support/platform";
import { Project } from "../support/project";
import { SocketClient } from "../support/stream-clients";

/*
 * Applications that many people run, from npm packages alone: native addons are compiled or found, a front end is built, real pages are
 * served, kept over a restart, changed by a push and given back by a rollback.
 */

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 300_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(1_200_000);

interface WellKnown {
  /** In examples/. */
  name: string;
  config: string[];
  /** Path to what its page must contain. */
  pages: Record<string, string>;
  /** A word that a push replaces in a file, and the page that shows it. */
  change: { file: string; from: string; to: string; page: string };
}

const wellKnown: WellKnown[] = [
  {
    name: "node-red",
    config: [],
    pages: { "/": '<div id="red-ui-editor">', "/settings": '"version":"5.' },
    change: { file: "settings.js", from: "My Node-RED", to: "Our Node-RED", page: "/" },
  },
  {
    name: "actual",
    config: [],
    pages: { "/": "<title>Actual</title>", "/account/needs-bootstrap": '"bootstrapped":false' },
    change: { file: "config.json", from: '"password"', to: '"header"', page: "/account/needs-bootstrap" },
  },
  {
    name: "strapi",
    config: [
      "APP_KEYS=a,b",
      "ADMIN_JWT_SECRET=c",
      "API_TOKEN_SALT=d",
      "TRANSFER_TOKEN_SALT=e",
      "JWT_SECRET=f",
    ],
    pages: { "/admin": "<title>Strapi Admin</title>", "/admin/init": '"hasAdmin":false' },
    change: { file: "public/robots.txt", from: "My Strapi", to: "Our Strapi", page: "/robots.txt" },
  },
];

test.each(wellKnown)("$name", async ({ name, config, pages, change }) => {
  const project = await Project.create(platform, name);
  if (config.length > 0) await project.paas("config:set", ...config);
  await copyExample(name, project.dir);
  await project.commit({});
  const shows = async (word: string): Promise<void> => {
    for (const [path, text] of [...Object.entries(pages), [change.page, word] as const])
      expect((await project.page(path)).body).toContain(text);
  };
  await pushed(project);
  await shows(change.from);
  await project.paas("ps:restart");
  await shows(change.from);
  const text = readFileSync(join(project.dir, change.file), "utf8");
  await project.commit({ [change.file]: text.replace(change.from, change.to) });
  await pushed(project);
  await shows(change.to);
  await project.paas("rollback");
  await shows(change.from);
  if (name === "node-red") await SocketClient.open(project, "/comms");
  await project.paas("destroy", name, "--confirm", name);
});

async function pushed(project: Project): Promise<void> {
  const { exitCode, stderr } = await project.push("main");
  if (exitCode !== 0) throw new Error(stderr);
}
