import { BuildpackServer } from "../support/buildpack-server";
import { startPlatform, type TestPlatform } from "../support/platform";
import { Project } from "../support/project";

let platform: TestPlatform;
let server: BuildpackServer;
jest.setTimeout(300_000);
beforeAll(async () => {
  server = await BuildpackServer.open();
  platform = await startPlatform();
});
afterAll(async () => {
  await platform?.stop();
  await server?.close();
});

test("an app that classic buildpacks build runs in the environment that they want, its one-offs and health checks too", async () => {
  const project = await Project.create(platform, "greeter");
  await project.commit({
    "count.txt": "0",
    "greeting.txt": "good evening",
    "app.json": JSON.stringify({
      healthchecks: { web: [{ type: "startup", command: ["sh", "-c", 'greet; test "$GREETED_BY"'] }] },
    }),
  });
  for (const name of ["greeter", "counter"]) {
    const added = await project.paas("buildpacks:add", server.git(name), "--index", "1");
    expect(added.stderr).toContain("To undo: paas buildpacks:remove --index 1 -a greeter");
  }
  await project.paas("config:set", "--build", "TOKEN=s3cret-of-builds");
  const push = await project.push("main");
  const said = push.stderr.replace(/^remote: /gm, "").replace(/ +$/gm, "");
  for (const line of [
    "-----> Build number 1\n",
    " counted 1\n",
    "       TOKEN is [masked]\n",
    "deployed as v1\n",
  ])
    expect(said).toContain(line);
  expect(await project.page()).toMatchObject({ status: 200, body: "served by profile of /app\n" });
  expect((await project.paas("run", "greet")).stdout).toBe("good evening by profile of /app, count 1\n");
});
