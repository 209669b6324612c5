import { join } from "node:path";
import { runProgram } from "../support/run-program";

jest.setTimeout(300_000);

const bench = join(__dirname, "../../dist/bench/main.js");

test("eight releases of an app under load from clients of every kind fail no request and cut no stream", async () => {
  const { PATH = "", DOCKER_HOST } = process.env;
  const env = { PATH, ...(DOCKER_HOST === undefined ? {} : { DOCKER_HOST }) };
  const words = [bench, "zero-drop", "--releases", "8", "--json"];
  const { stdout, stderr } = await runProgram(process.execPath, words, { env });
  const figures = JSON.parse(stdout.trim().split("\n").at(-1) || "{}");
  // The bench's own words tell what went wrong.
  expect({ ...figures, stderr }).toMatchObject({ releases: 8, failed: 0, streamsCutEarly: 0, stderr });
  expect(figures.streamsDrained).toBeGreaterThan(0);
  expect(figures.shortestStreamDrainMs).toBeGreaterThanOrEqual(figures.streamLimitMs - 5);
});
