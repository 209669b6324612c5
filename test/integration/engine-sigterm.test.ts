import type Docker from "dockerode";
import { newId } from "../../core/id";
import { connectDocker } from "../../server/engines/docker/connection";
import { DockerTestApp } from "../support/docker-test-app";
import { graceful } from "../support/programs";

jest.setTimeout(120_000);

/** Command -> programs that must see SIGTERM, the container's exit code, and what must not have run. */
const a = graceful("a", 41);
const b = graceful("b", 42);
const table: [string, string[], number][] = [
  [a, ["a"], 41],
  [`FOO=1 ${a}`, ["a"], 41],
  [`FOO="$PORT" ${a}`, ["a"], 41],
  [`exec ${a}`, ["a"], 41],
  [`${a} > /dev/null`, ["a"], 41],
  [`true && ${a}`, ["a"], 41],
  [`cd /tmp && ${a}`, ["a"], 41],
  [`cd /tmp && FOO=1 ${a}`, ["a"], 41],
  [`${a} && ${b}`, ["a"], 41],
  [`${a}; ${b}`, ["a"], 41],
  [`${a} || ${b}`, ["a"], 41],
  [`${a} | ${b}`, ["a", "b"], 42],
  [`cat /dev/zero | ${a}`, ["a"], 41],
  [`${a} & ${b}`, ["a", "b"], 42],
  [`if true; then ${a}; fi`, ["a"], 41],
  [`FOO=$(echo 1) && ${a}`, ["a"], 41],
];

/** Only what runs under the wrapper depends on the shell's ways with signals. */
const wrapped = table.filter(([command]) => / [&|]+ |; |^cd /.test(command));

describe.each([
  ["dash", table],
  ["bash", wrapped],
])("SIGTERM with %s as the image's sh", (shell, cases) => {
  let app: DockerTestApp;
  let image: string;
  const docker: Docker = connectDocker(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock");
  beforeAll(async () => {
    app = await DockerTestApp.open();
    image = `paas-test/${shell}:${newId()}`;
    await withShell(docker, app.baseRef, shell, image);
  });
  afterAll(async () => {
    await app.close();
    await docker.getImage(image).remove({ force: true });
  });

  test.each(cases)("%s", async (command, names, code) => {
    const spec = app.spec(command, { image: { id: image, ref: image, madeBy: "buildpack", port: 5000 } });
    await app.startUntil(
      spec,
      names.map((name) => `ready ${name}`),
    );
    await app.engine.end(spec.id, 20_000);
    const said = (await app.output(spec.id)).filter(
      (line) => line.startsWith("term ") || line.startsWith("ready "),
    );
    expect(said.sort()).toEqual([
      ...names.map((name) => `ready ${name}`),
      ...names.map((name) => `term ${name}`),
    ]);
    expect(await app.instance(spec.id)).toMatchObject({ state: "exited", exitCode: code });
  });

  test.each([
    ["exit 7", 7],
    ["true && false", 1],
    ["sh -c 'exit 9'", 9],
    ["echo 'unclosed", 2],
    ["no-such-program --flag", 127],
    ["no-such-program | no-such-program", 127],
    ["FOO=bar; test $FOO = bar", 0],
    ['A=\'x y\' B="$PORT" sh -c \'test "$A$B" = "x y5000" && exit 5\'', 5],
    ["cat; exit 6", 6],
  ])("%s exits by itself with %i", async (command, code) => {
    const spec = app.spec(command, { image: { id: image, ref: image, madeBy: "buildpack", port: 5000 } });
    await app.engine.start(spec);
    await app.output(spec.id);
    expect(await app.instance(spec.id)).toMatchObject({ state: "exited", exitCode: code });
  });
});

/** An image like the base, whose /bin/sh is another shell. */
async function withShell(docker: Docker, base: string, shell: string, ref: string): Promise<void> {
  const Entrypoint = ["ln", "-sf", `/bin/${shell}`, "/bin/sh"];
  const container = await docker.createContainer({
    Image: base,
    Entrypoint,
    User: "0",
    HostConfig: { NetworkMode: "none" },
  });
  try {
    await container.start();
    expect(await container.wait()).toMatchObject({ StatusCode: 0 });
    const [repo, tag] = ref.split(":");
    await container.commit({ repo, tag });
  } finally {
    await container.remove({ force: true });
  }
}
