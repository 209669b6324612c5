import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import tar from "tar-stream";
import type { BuildResult } from "../../core/build";
import { newId } from "../../core/id";
import { baseImage } from "../support/base-image";
import { BuilderRig } from "../support/builder-rig";

let rig: BuilderRig;
jest.setTimeout(300_000);
beforeAll(async () => {
  await baseImage();
  rig = await BuilderRig.open();
  await rig.startBuilder();
});
afterAll(() => rig.close());

function succeeded(outcome: { status: string; result?: BuildResult; message?: string }): BuildResult {
  if (!outcome.result) throw new Error(`the build failed: ${outcome.message}`);
  return outcome.result;
}

describe("a Dockerfile", () => {
  it("becomes an image with labels, its port and its own command", async () => {
    const job = rig.job(await rig.fixture("docker-app"));
    const { outcome, transcript } = await rig.build(job);
    const result = succeeded(outcome);
    expect(result).toMatchObject({
      image: {
        madeBy: "dockerfile",
        port: 8080,
        ref: expect.stringContaining(`paas/${rig.platformId}/${job.appId}:${job.buildId}-`),
      },
      bases: expect.arrayContaining([
        { image: await baseImage(), digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      ]),
      processTypes: { web: { command: null } },
    });
    expect((await rig.images.inspect(result.image.ref))?.labels).toMatchObject({
      "paas.platform": rig.platformId,
      "paas.app": job.appId,
      "paas.kind": "image",
      "paas.commit": job.commit,
      "paas.commit-date": job.commitDate,
    });
    expect(transcript).toMatch(/^-----> Dockerfile found/);
    expect(transcript).toContain('"# syntax=docker/dockerfile:1" is not fetched');
    expect(rig.inImage(result, "ls", "-A", "/srv").split("\n")).not.toContain("secret.env");
  });

  it("that fails is an outcome, and the transcript shows the step and what it said", async () => {
    const { outcome, transcript } = await rig.build(rig.job(await rig.fixture("broken-build")));
    expect(outcome).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/RUN echo about to fail.* failed with exit code 3\.$/),
    });
    // What went to stdout and what went to stderr may change places.
    const [, said = ""] = / {7}\[2\/2\] RUN echo about to fail[^\n]*\n(.*?)\n !/s.exec(transcript) ?? [];
    expect(said.split("\n").sort()).toEqual(["       about to fail", "       why"]);
  });

  it("without anything to start needs a Procfile, which then says it all", async () => {
    const dockerfile = `FROM ${await baseImage()}\nCMD []\n`;
    const without = await rig.build(rig.job(rig.source({ Dockerfile: dockerfile })));
    expect(without.outcome).toMatchObject({
      status: "failed",
      message: expect.stringContaining("CMD or an ENTRYPOINT"),
    });
    const { outcome } = await rig.build(rig.job(await rig.fixture("worker-only")));
    expect(succeeded(outcome).processTypes).toEqual({ worker: { command: "sh /srv/work.sh" } });
  });

  it("that is no Dockerfile is a clear failure", async () => {
    const { outcome } = await rig.build(rig.job(rig.source({ Dockerfile: "FORM x\n" })));
    expect(outcome).toMatchObject({ status: "failed", message: expect.stringMatching(/FORM/i) });
  });
});

describe("a Node.js app", () => {
  it("becomes a small image that runs as nobody in particular, and a change of code is built from the cache", async () => {
    const directory = await rig.fixture("node-express");
    const appId = newId();
    const first = await rig.build(rig.job(directory, { appId }));
    const result = succeeded(first.outcome);
    expect(first.transcript).not.toContain("Also here");
    expect(result).toMatchObject({
      image: { madeBy: "buildpack", port: 5000 },
      processTypes: { web: { command: "node server.js" } },
    });
    const script =
      "console.log(process.version, process.getuid(), process.env.NODE_ENV, !!require('express'))";
    expect(rig.inImage(result, "node", "-e", script)).toMatch(/^v24\.\d+\.\d+ 1000 production true\n$/);
    expect(rig.inImage(result, "sh", "-c", "command -v gcc git python3 || echo none")).toBe("none\n");

    const again = await rig.build(rig.job(directory, { appId }));
    expect(succeeded(again.outcome).image.id).toBe(result.image.id);

    const server = join(directory, "server.js");
    writeFileSync(server, readFileSync(server, "utf8").replace("v1", "v2"));
    const second = await rig.build(rig.job(directory, { appId }));
    expect(second.transcript).toContain("Installing dependencies (npm ci) (cached)");
    expect(rig.inImage(succeeded(second.outcome), "cat", "server.js")).toContain("node-express v2");
  });

  it("compiles native addons, runs the build and keeps no dev dependency", async () => {
    const directory = rig.source({
      "package.json": JSON.stringify({
        engines: { node: "22.x" },
        scripts: { build: "semver 1.2.3 > built.txt", start: "node index.js" },
        devDependencies: { semver: "7.6.0" },
      }),
      "requirements.txt": "",
      "binding.gyp": '{"targets": [{"target_name": "addon", "sources": ["addon.c"]}]}',
      "addon.c":
        "#include <node_api.h>\nNAPI_MODULE_INIT() { napi_value v; napi_create_int32(env, 42, &v); return v; }\n",
      "index.js": 'console.log(require("./build/Release/addon.node"), process.versions.node.split(".")[0])',
    });
    const { outcome, transcript } = await rig.build(rig.job(directory));
    const result = succeeded(outcome);
    expect(transcript).toContain("requirements.txt (Python). The nodejs buildpack comes first.");
    expect(rig.inImage(result, "node", "index.js")).toBe("42 22\n");
    expect(rig.inImage(result, "sh", "-c", "cat built.txt; ls node_modules | wc -l")).toBe("1.2.3\n0\n");
  });

  it("whose install script fails says so with npm's own words", async () => {
    const pkg = {
      scripts: { start: "node .", postinstall: "echo cannot do that; exit 4" },
      engines: { node: "24.x" },
    };
    const { outcome, transcript } = await rig.build(
      rig.job(rig.source({ "package.json": JSON.stringify(pkg) })),
    );
    expect(outcome).toMatchObject({
      message: "Installing dependencies (npm install) failed with exit code 4.",
    });
    expect(transcript).toContain("cannot do that");
  });

  it("whose Node.js does not exist is told so", async () => {
    const pkg = { scripts: { start: "node ." }, engines: { node: "999.x" } };
    const { outcome } = await rig.build(rig.job(rig.source({ "package.json": JSON.stringify(pkg) })));
    expect(outcome).toMatchObject({
      message: expect.stringMatching(/No release of node fits engines.node "999.x"/),
    });
  });
});

describe("a build that goes on for too long", () => {
  it("is ended by its time limit, or by whoever cancels it, also before it began", async () => {
    const other = await BuilderRig.open();
    const endless = async (): Promise<string> =>
      rig.source({ Dockerfile: `FROM ${await baseImage()}\nRUN echo begun ${newId()} && sleep 86400\n` });
    try {
      const cancelled = other.job(await endless());
      await other.cancel(cancelled);
      await other.startBuilder({ PAAS_BUILD_TIMEOUT: "3s" });
      expect((await other.build(cancelled)).outcome).toMatchObject({ message: "The build was cancelled." });
      const { outcome, transcript } = await other.build(other.job(await endless()));
      expect(outcome).toMatchObject({
        status: "failed",
        message: expect.stringContaining("ended after 3s, its time limit"),
      });
      expect(transcript).toContain("PAAS_BUILD_TIMEOUT");
    } finally {
      await other.close();
    }
  });
});

describe("a source that cannot be built", () => {
  it("gets the list of what was looked for", async () => {
    const { outcome, transcript } = await rig.build(rig.job(rig.source({ "main.c": "" })));
    expect(outcome).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/Dockerfile\n.*package\.json/s),
    });
    expect(transcript).toMatch(/^ ! {5}Nothing here says how to build/);
  });

  it.each([
    ["a path that leaves the tree", { name: "../escaped" }],
    ["a device", { name: "null", type: "character-device" as const }],
  ])("because of %s is refused", async (_what, header) => {
    const pack = tar.pack();
    pack.entry({ name: "Dockerfile" }, "FROM scratch\n");
    pack.entry(header, "");
    pack.finalize();
    const { outcome } = await rig.build(rig.job(await buffer(pack)));
    expect(outcome).toMatchObject({
      status: "failed",
      message: expect.stringContaining("The source cannot be built"),
    });
  });

  it("because its Procfile cannot be read fails before anything is built", async () => {
    const { outcome } = await rig.build(rig.job(await rig.fixture("docker-app"), { procfile: "nonsense" }));
    expect(outcome).toMatchObject({ status: "failed", message: expect.stringContaining("Procfile line 1") });
  });
});

describe("a builder that ends", () => {
  const slow = async (): Promise<string> =>
    rig.source({
      Dockerfile: `FROM ${await baseImage()}\nRUN echo begun && sleep 4\nRUN echo ${newId()}\nCMD ["true"]\n`,
    });

  it("by a server that is away tries again", async () => {
    const job = rig.job(await slow());
    rig.serverAwayFor = 2;
    expect(await rig.outcome(job)).toMatchObject({ status: "succeeded" });
    expect(await rig.transcript(job)).toContain("begun");
  });

  it("by kill -9 has its build taken up again", async () => {
    const other = await BuilderRig.open();
    try {
      const first = await other.startBuilder();
      const job = other.job(await slow());
      const outcome = other.outcome(job);
      await other.hasSaid(job, "begun");
      first.kill("SIGKILL");
      await once(first, "exit");
      await other.startBuilder();
      expect(await outcome).toMatchObject({ status: "succeeded" });
      expect(await other.transcript(job)).toContain("The builder was interrupted: building again");
    } finally {
      await other.close();
    }
  });

  it("with its supervisor gives its build back at once", async () => {
    const other = await BuilderRig.open();
    try {
      const first = await other.startBuilder();
      const job = other.job(await slow());
      const outcome = other.outcome(job);
      await other.hasSaid(job, "begun");
      const exit = once(first, "exit");
      first.disconnect();
      expect((await exit)[0]).toBe(0);
      await other.startBuilder();
      expect(await outcome).toMatchObject({ status: "succeeded" });
    } finally {
      await other.close();
    }
  });
});
