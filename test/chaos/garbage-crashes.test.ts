import { setTimeout as delay } from "node:timers/promises";
import { connectDocker } from "../../server/engines/docker/connection";
import { Ledger } from "../support/ledger";
import { leftoversOf } from "../support/leftovers";
import { type RoleName, startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";

jest.setTimeout(180_000);

const docker = connectDocker(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock");
/** A collection takes them away one by one. */
const litterNames = 60;

let platform: TestPlatform;
let ledger: Ledger;
let shop: Project;
let deploys = 0;
beforeAll(async () => {
  // The build cache is the engine's, and others', too.
  platform = await startPlatform({
    env: { PAAS_KEEP_RELEASES: "2", PAAS_BUILD_CACHE: "1000g", PAAS_DISK_FLOOR: "16m" },
  });
  ledger = new Ledger(platform);
  shop = await Project.create(platform, "shop");
  for (let deployed = 0; deployed < 2; deployed += 1) await push();
});
afterAll(async () => {
  await ledger?.close();
  await platform?.stop();
});

/** Pushes the next version of the app. */
async function push(buildStep = ""): Promise<void> {
  deploys += 1;
  const { Dockerfile = "", ...rest } = await dockerApp(`shop ${deploys}`);
  await shop.commit({ ...rest, Dockerfile: Dockerfile.replace("WORKDIR", `${buildStep}WORKDIR`) });
  expect((await shop.push("main")).stderr).toContain("deployed as");
}

/** The names of the app's images that the engine has. */
async function imageNames(): Promise<string[]> {
  const named = `paas/${platform.id}/${await ledger.appId("shop")}:`;
  const images = await docker.listImages({ filters: { reference: [`${named}*`] } });
  return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((ref) => ref.startsWith(named));
}

/** Gives the image that serves many names more, which no release knows. */
async function litter(): Promise<void> {
  const [release] = await ledger.query<{ ref: string }>(
    "select image->>'ref' as ref from release_now order by version desc limit 1",
  );
  const [repo = "", tag = ""] = release?.ref.split(":") ?? [];
  for (let copy = 0; copy < litterNames; copy += 1)
    await docker.getImage(`${repo}:${tag}`).tag({ repo, tag: `litter${copy}-${tag}` });
}

const litterLeft = async (): Promise<number> =>
  (await imageNames()).filter((ref) => ref.includes(":litter")).length;

const rest = async (): Promise<void> => {
  while ((await leftoversOf(platform, ledger)).length > 0) await delay(100);
};

test.each<[RoleName, number]>([
  ["server", 1],
  ["server", litterNames / 2],
  ["postgres", litterNames / 4],
  ["redis", litterNames / 4],
])(
  "kill -9 of the %s after %i names of a collection loses nothing that a release needs; the next collection ends it",
  async (role, after) => {
    await push();
    await litter();
    const collection = platform.cli(["gc"]);
    while ((await litterLeft()) > litterNames - after) await delay(1);
    await platform.killRole(role);
    const killedAt = await litterLeft();
    await collection;
    expect(killedAt).toBeGreaterThan(0);
    await rest();
    await shop.paas("gc");
    // Its own and that of the release before it.
    expect(await imageNames()).toHaveLength(2);
    const left = await shop.paas("gc", "--dry-run");
    expect(`${left.stdout}${left.stderr}`).toContain("There is no garbage");
    expect((await shop.page()).body).toBe(`shop ${deploys}`);
  },
);

test("kill -9 of the builder while a collection runs costs its build nothing", async () => {
  const before = await ledger.newestEvent();
  const pushed = push(`RUN sleep 3 && echo ${platform.id}\n`);
  await ledger.event("shop", "build:started", before);
  await litter();
  const collection = platform.cli(["gc"]);
  while ((await litterLeft()) === litterNames) await delay(1);
  await platform.killRole("builder");
  expect(await collection).toMatchObject({ exitCode: 0 });
  await pushed;
  await rest();
  await shop.paas("gc");
  await shop.paas("rollback");
  expect((await shop.page()).body).toBe(`shop ${deploys - 1}`);
});
