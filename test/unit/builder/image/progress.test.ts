import { buildProgress } from "../../../../builder/image/progress";
import { stepPlace } from "../../../../builder/image/step-place";
import type { TraceStep } from "../../../../builder/image/trace";

const step = (digest: string, over: Partial<TraceStep> = {}): TraceStep => ({
  digest,
  name: digest,
  cached: false,
  started: true,
  completed: false,
  error: "",
  ...over,
});
const title = (name: string, cached: boolean): string | null =>
  name.startsWith("hidden") ? null : `# ${name}${cached ? " (cached)" : ""}\n`;

function written(act: (progress: ReturnType<typeof buildProgress>) => void): string {
  let text = "";
  act(
    buildProgress((piece) => {
      text += piece;
    }, title),
  );
  return text;
}
const log = (digest: string, text: string) => ({
  steps: [],
  logs: [{ step: digest, text: Buffer.from(text) }],
});

it("announces a step once and puts its output under it, whole lines only", () => {
  const text = written((progress) => {
    progress.take({ steps: [step("a")], logs: [] });
    progress.take({ steps: [step("a")], logs: [] });
    progress.take(log("a", "one\ntw"));
    progress.take(log("a", "o\n\n"));
    progress.take(log("a", "rest"));
    progress.end();
  });
  expect(text).toBe("# a\n       one\n       two\n       rest\n");
});

it("names who speaks when steps run side by side", () => {
  const text = written((progress) => {
    progress.take({ steps: [step("a"), step("hidden"), step("b")], logs: [] });
    progress.take(log("a", "1\n"));
    progress.take(log("b", "2\n"));
  });
  expect(text).toBe("# a\n# b\n# a\n       1\n# b\n       2\n");
});

it("says once of a step that the engine leaves out output, and marks each gap after that", () => {
  const gap = "[output clipped, log limit 100KiB/s reached]\n";
  const text = written((progress) => {
    progress.take({ steps: [step("a")], logs: [] });
    progress.take(log("a", `one\n${gap}two\n${gap}three\n`));
  });
  expect(text.match(/over the engine's limit of 100KiB\/s.*BUILDKIT_STEP_LOG_MAX_SIZE/g)).toHaveLength(1);
  expect(text).toMatch(/two\n {7}\[\.\.\.\]\n {7}three\n$/);
});

it("says what came from the cache and keeps a character that was cut in two", () => {
  const snow = Buffer.from("☃\n");
  const text = written((progress) => {
    progress.take({ steps: [step("a", { cached: true, completed: true }), step("b")], logs: [] });
    progress.take({ steps: [], logs: [{ step: "b", text: snow.subarray(0, 1) }] });
    progress.take({ steps: [], logs: [{ step: "b", text: snow.subarray(1) }] });
  });
  expect(text).toBe("# a (cached)\n# b\n       ☃\n");
});

it("cuts a line without end instead of keeping it", () => {
  const text = written((progress) => {
    progress.take({ steps: [step("a")], logs: [] });
    for (let at = 0; at < 10; at += 1) progress.take(log("a", "x".repeat(1000)));
    progress.end();
  });
  expect(text.replace(/[^x]/g, "")).toHaveLength(10_000);
  expect(text.split("\n").length).toBeGreaterThan(3);
});

it("remembers the first step that failed", () => {
  written((progress) => {
    progress.take({
      steps: [step("a", { error: "exit code: 1" }), step("b", { error: "canceled" })],
      logs: [],
    });
    expect(progress.end()).toBe("a");
  });
});

it.each([
  ["[build 2/5] RUN x", "build 2"],
  ["[image  2/12] COPY a b", "image 2"],
  ["[3/4] RUN x", "3"],
  ["[internal] load build definition from Dockerfile", null],
])("reads the place of %s", (name, place) => {
  expect(stepPlace(name)).toBe(place);
});
