import { newId } from "../../core/id";
import type { BuildView } from "../../core/wire";
import { expectAgreement } from "../support/agreement";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";
import { Traffic } from "../support/traffic";

const atOnce = 2;
let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform({ env: { PAAS_BUILDS_AT_ONCE: `${atOnce}` } });
}, 120_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(300_000);

/** An app whose build keeps a core busy for a while, and is never in the engine's cache. */
async function busyProject(app: string): Promise<Project> {
  const project = await Project.create(platform, app);
  const { Dockerfile = "", ...files } = await dockerApp(app);
  const line = `RUN echo ${newId()} && timeout 4 sh -c 'while :; do :; done'; true`;
  await project.commit({ ...files, Dockerfile: Dockerfile.replace("WORKDIR", `${line}\nWORKDIR`) });
  return project;
}

async function onlyBuild(project: Project): Promise<BuildView> {
  const builds = JSON.parse((await project.paas("builds", "--json")).stdout) as BuildView[];
  expect(builds).toHaveLength(1);
  return builds[0] as BuildView;
}

test("six pushes to six apps at once: all are right, four wait and are told so, and what runs meanwhile is not cut", async () => {
  const front = await Project.create(platform, "front");
  await front.commit(await dockerApp("front"));
  await front.push("main");
  const client = { host: "front.localhost", path: "/", accepts: (body: string) => body === "front" };
  const traffic = new Traffic(platform.httpPort, [
    { ...client, connection: "kept" },
    { ...client, connection: "new" },
  ]);
  const projects = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => busyProject(`queue-${number}`)));
  await traffic.flows([client.host], 10);

  const pushes = await Promise.all(projects.map((project) => project.push("main")));
  await traffic.stop();
  expect(pushes.map(({ exitCode }) => exitCode)).toEqual(pushes.map(() => 0));
  expect(traffic.takeFailures()).toEqual([]);
  expect(
    pushes.filter(({ stderr }) => stderr.includes(`the platform runs ${atOnce} builds at once`)).length,
  ).toBe(projects.length - atOnce);
  for (const project of projects) {
    expect((await project.page()).body).toBe(project.app);
    await expectAgreement(project);
  }

  const builds = await Promise.all(projects.map(onlyBuild));
  expect(builds.map(({ status }) => status)).toEqual(projects.map(() => "succeeded"));
});
