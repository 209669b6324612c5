import { join } from "node:path";
import { runProgram } from "../support/run-program";

jest.setTimeout(300_000);

const bench = join(__dirname, "../../dist/bench/main.js");

test("eight releases of an app under load from clients of every kind fail no request", async () => {
  const { PATH = "", DOCKER_HOST } = process.env;
  const env = { PATH, ...(DOCKER_HOST === undefined ? {} : { DOCKER_HOST }) };
  const words = [bench, "zero-drop", "--releases", "8", "--json"];
  const { stdout, stderr } = await runProgram(process.execPath, words, { env });
  // The bench's own words tell what went wrong.
  expect({ figures: stdout, stderr }).toEqual({ figures: expect.stringMatching(/"failed":0}\n$/), stderr });
});
