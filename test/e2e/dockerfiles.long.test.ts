import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expectServed } from "../support/expected-app";
import { startPlatform, type TestPlatform } from "../support/platform";

const apps = join(__dirname, "../fixtures/dockerfiles");

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 300_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(600_000);

it.each(readdirSync(apps))("%s is built, serves and has no build tools in its image", (name) =>
  expectServed(platform, apps, name),
);
