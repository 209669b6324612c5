import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { watchReads } from "../../builder/dockerfile/watch-reads";
import { contextEntry } from "../../builder/image/build-context";
import type { BuildResult } from "../../core/build";
import { newId } from "../../core/id";
import { baseImage } from "../support/base-image";
import { BuilderRig } from "../support/builder-rig";

let rig: BuilderRig;
let base: string;
jest.setTimeout(120_000);
beforeAll(async () => {
  base = await baseImage();
  rig = await BuilderRig.open();
  await rig.startBuilder();
});
afterAll(() => rig?.close());

async function build(lines: string[], over: { appId?: string } = {}, config: Record<string, string> = {}) {
  const directory = join(rig.directory, newId());
  mkdirSync(directory);
  writeFileSync(join(directory, "Dockerfile"), `${lines.join("\n")}\nCMD ["true"]\n`);
  const job = rig.job(directory, over);
  rig.configs.set(job.buildId, config);
  return { job, ...(await rig.build(job)) };
}
const imageOf = (outcome: { result?: BuildResult }): string => outcome.result?.image.ref ?? "";

test("another app's image is read neither by its name nor by any other", async () => {
  const { outcome } = await build([`FROM ${base}`, "RUN echo treasure > /treasure"]);
  const theirs = imageOf(outcome as { result?: BuildResult });
  expect(theirs).toMatch(/:[a-z0-9]+-[0-9a-f]{32}$/);
  const id = (await rig.images.inspect(theirs))?.id ?? "";
  const alias = `innocent-${newId()}:1`;
  execFileSync("docker", ["tag", theirs, alias]);
  try {
    const attempts = [
      [`FROM ${theirs}`],
      [`FROM docker.io/${theirs}`],
      ["ARG A=paas", `FROM $A${theirs.slice(4)}`],
      [`FROM ${alias}`],
      [`FROM ${id.slice(7, 19)}`],
      [`FROM ${base}`, `COPY --from=${alias} /treasure /`],
      [`FROM ${base}`, `RUN --mount=type=bind,from=${theirs},target=/x cat /x/treasure`],
    ];
    for (const lines of attempts) {
      const { outcome: refused, transcript } = await build(lines);
      expect([lines, refused]).toEqual([
        lines,
        { status: "failed", message: expect.stringContaining("belongs to an app") },
      ]);
      expect(transcript).not.toContain("treasure\n");
    }
  } finally {
    execFileSync("docker", ["rmi", "--no-prune", alias]);
  }
});

test("what the engine reads beside a Dockerfile's known images ends the build, whatever it was written like", async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** As if nothing had been found in it. */
  const end = async (text: string): Promise<unknown> => {
    const ended = new AbortController();
    const watch = watchReads([{ image: base, line: 1 }], (reason) => ended.abort(reason));
    const request = {
      context: [contextEntry({ name: "Dockerfile", text })],
      dockerfile: "Dockerfile",
      ref: `unwatched-${newId()}:1`,
      labels: {},
    };
    await rig.images.build(request, watch);
    return ended.signal.reason;
  };
  try {
    for (const text of [
      `FROM ${base}\nADD http://${address}/x /x\n`,
      `# syntax=${address}/frontend:1\nFROM ${base}\n`,
      `FROM ${address}/image:1\n`,
      `FROM ${base}\nCOPY --from=${address}/image:1 / /x\n`,
    ])
      expect([text, await end(text)]).toEqual([
        text,
        expect.objectContaining({ message: expect.stringContaining(address) }),
      ]);
    expect(asked).toBeGreaterThan(2);
    asked = 0;
    for (const lines of [
      [`FROM ${base}`, `ADD ["http:\\/\\/${address}/", "/x"]`],
      [`FROM ${base}`, "RUN true \\", "\uFEFF", `ADD http://${address}/ /x`],
      [`# syntax=${address}/frontend:1 \ry`, `FROM ${base}`],
    ])
      await build(lines);
    expect(asked).toBe(0);
  } finally {
    server.close();
  }
});

test("a cache is an app's own, also under a name that both chose", async () => {
  const id = newId();
  const mount = `--mount=type=cache,id=${id},target=/cache`;
  const unnamed = `--mount=type=cache,target=/${id}`;
  const [mine, theirs] = [newId(), newId()];
  const poison = `RUN ${mount} ${unnamed} echo poison-${newId()} > /cache/x && cp /cache/x /${id}/x`;
  const look = `RUN ${mount} ${unnamed} echo found: ${newId()} $(cat /cache/x /${id}/x 2>&1 | grep -c poison)`;
  await build([`FROM ${base}`, poison], { appId: mine });
  expect((await build([`FROM ${base}`, look], { appId: theirs })).transcript).toMatch(/found: \w+ 0\n/);
  expect(
    (await build([`FROM ${base}`, look.replace("found:", "again:")], { appId: mine })).transcript,
  ).toMatch(/again: \w+ 2\n/);
});

test("what a step made with a secret is no other app's, and no other secret's", async () => {
  const lines = [
    `FROM ${base}`,
    `ENV RUN_ID=${newId()}`,
    "RUN --mount=type=secret,id=TOKEN,mode=0444 rev /run/secrets/TOKEN > /made",
    "RUN --mount=type=secret,source=OTHER,dst=/other --mount=type=secret,target=/x/TOKEN cat /other /x/TOKEN | rev >> /made",
  ];
  const look = [...lines, "RUN cat /made; echo looked"];
  const [mine, theirs] = [newId(), newId()];
  const seen = async (appId: string, config: Record<string, string>): Promise<string> => {
    const { transcript } = await build(look, { appId }, config);
    return (
      /RUN cat \/made; echo looked[^\n]*\n(.*?)looked\n/s.exec(transcript)?.[1]?.replace(/ +/g, "") ??
      transcript
    );
  };
  await build(lines, { appId: mine }, { TOKEN: "ABCDEFGH", OTHER: "12345678" });
  const other = { TOKEN: "STUVWXYZ", OTHER: "efghijkl" };
  for (const appId of [theirs, mine])
    expect([appId, await seen(appId, other)]).toEqual([appId, "ZYXWVUTSZYXWVUTSlkjihgfe"]);
});
