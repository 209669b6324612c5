import { basesOf, imagesOfPlan, pulledBases } from "../../../../builder/image/bases";
import type { ImageFacts } from "../../../../builder/image/image-engine";
import type { TraceStep } from "../../../../builder/image/trace";
import type { BuildPlan } from "../../../../buildpacks/build-plan";
import { stackFor } from "../../../../buildpacks/stack/stack";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const facts = (id: string, labels: Record<string, string> = {}): ImageFacts => ({
  id,
  digest: id,
  labels,
  exposed: [],
  hasCommand: false,
  healthChecks: [],
  triggers: [],
  sizeBytes: 0,
});
const step = (name: string): TraceStep => ({
  digest: "",
  name,
  cached: false,
  started: true,
  completed: true,
  error: "",
});

/** What it says, and what it answers. */
async function asked(images: string[], there: Record<string, ImageFacts>, names: string[] = []) {
  let said = "";
  const pulled = pulledBases();
  pulled.take({ steps: names.map(step), logs: [] });
  const engine = { inspect: async (image: string) => there[image] ?? null };
  const write = (text: string): void => {
    said += text;
  };
  return { bases: await basesOf(engine, images, write, pulled.digests), said };
}

test("images that the engine keeps are told by their digests, the stack's with the Debian they were made of", async () => {
  const stackBase = { "paas.stack-base": `debian:bookworm-slim@${digest("d")}` };
  const { bases, said } = await asked(["paas/stack-run:x", "paas/stack-build:x"], {
    "paas/stack-run:x": facts(digest("a"), stackBase),
    "paas/stack-build:x": facts(digest("b"), stackBase),
  });
  expect(bases).toEqual([
    { image: "paas/stack-run:x", digest: digest("a") },
    { image: "debian:bookworm-slim", digest: digest("d") },
    { image: "paas/stack-build:x", digest: digest("b") },
  ]);
  expect(said).toContain("       Built on debian:bookworm-slim (dddddddddddd)\n");
});

test("images that the engine pulled for the build alone are told by what it resolved", async () => {
  const names = [`[1/2] FROM docker.io/library/debian:12@${digest("e")}`, "[2/2] RUN true"];
  const { bases } = await asked(["debian:12", "gone:1"], {}, names);
  expect(bases).toEqual([{ image: "debian:12", digest: digest("e") }]);
});

test("a plan reads the stack, and the images it copies from", () => {
  const plan: BuildPlan = {
    buildpack: "java",
    notes: [],
    excludes: [],
    defaultProcesses: {},
    stages: [
      { name: "build", from: { stack: "build" }, steps: [] },
      {
        name: "image",
        from: { stack: "run" },
        steps: [
          { do: "copy", from: { image: "eclipse-temurin:21-jre" }, paths: ["/opt/"], to: "/opt/" },
          { do: "copy", from: { stage: "build" }, paths: ["/app/"], to: "/app/" },
          { do: "copy", from: "source", paths: ["."], to: "/app/" },
        ],
      },
    ],
  };
  const stack = stackFor(Buffer.alloc(0), "debian");
  expect(imagesOfPlan(plan, stack)).toEqual([stack.build.ref, stack.run.ref, "eclipse-temurin:21-jre"]);
});
