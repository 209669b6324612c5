import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { contextEntry } from "../../builder/image/build-context";
import { dockerImages } from "../../builder/image/docker-images";
import type { BuildAnswer, ImageEngine } from "../../builder/image/image-engine";
import { wholeCache } from "../../builder/image/whole-cache";
import { baseImage } from "../support/base-image";
import { command } from "../support/commands";
import { OwnEngine } from "../support/own-engine";

jest.setTimeout(120_000);

let own: OwnEngine;
let base: string;
beforeAll(async () => {
  base = await baseImage();
  own = await OwnEngine.open({ diskMb: 2048 });
  await own.copyImage(base);
});
afterAll(() => own?.close());

function build(engine: ImageEngine, version: string): Promise<BuildAnswer> {
  const recipe = `FROM ${base}\nUSER root\nRUN echo kept > /kept\nCOPY version /version\n`;
  const files = [
    { name: "Dockerfile", text: recipe },
    { name: "version", text: version },
  ];
  const request = {
    context: files.map(contextEntry),
    dockerfile: "Dockerfile",
    ref: `app:${version}`,
    labels: {},
  };
  return engine.build(request, () => undefined);
}

test("a layer that the engine has lost of its build cache is made anew, and later builds find it", async () => {
  const engine = dockerImages(own.dockerHost);
  expect(await build(engine, "1")).toEqual({ imageId: expect.any(String) });
  await loseLayerBelowTop("app:1");
  expect(await build(engine, "2")).toEqual({ error: expect.stringContaining("no such file or directory") });

  const told: string[] = [];
  const made = await build(
    wholeCache(engine, (line) => told.push(line)),
    "2",
  );
  expect(made).toEqual({ imageId: expect.any(String) });
  expect(told.join("")).toContain("building again without it");
  expect(await build(engine, "3")).toEqual({ imageId: expect.any(String) });
});

/** What an engine that was killed may leave: its cache names a layer whose files are gone. */
async function loseLayerBelowTop(ref: string): Promise<void> {
  const docker = ["--host", own.dockerHost];
  const format = "{{.GraphDriver.Data.LowerDir}}";
  const lower = await command("docker", ...docker, "inspect", "--format", format, ref);
  await command("docker", ...docker, "rmi", ref);
  const [below = ""] = lower.split(":");
  await rm(dirname(below), { recursive: true });
}
