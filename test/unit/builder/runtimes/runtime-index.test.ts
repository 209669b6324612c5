import { runtimeIndex } from "../../../../builder/runtimes/runtime-index";
import type { RuntimeWish } from "../../../../buildpacks/buildpack";
import { runtimeWish } from "../../../../buildpacks/runtime/offers";

const catalogue = {
  title: "Python",
  lines: ["3.13", "3.12"],
  image: (version: string) => `python:${version}`,
  debian: [{ version: "3.11", releases: "3.11.2" }] as [{ version: string; releases: string }],
};
const wish = (range: string): RuntimeWish => runtimeWish(catalogue, { range, reason: `test ${range}` });

/** An engine that can pull what it is told, and tells what it was asked. */
function engine(images: string[]) {
  const asked: string[] = [];
  return {
    asked,
    inspect: async () => null,
    async pull(ref: string) {
      asked.push(ref);
      if (!images.includes(ref)) throw new Error("no such host");
    },
  };
}
/** Takes what is recorded to nowhere. */
const record = { pulled: async () => undefined, used: async () => undefined };
const index = (of: ReturnType<typeof engine>, now = () => 0) =>
  runtimeIndex({ engine: of, pulls: record, pullIdleMs: 1, awayMs: 1000, now });

it("takes the newest line of the official image that fits", async () => {
  const found = await index(engine(["python:3.12"])).find(wish(">=3.11 <3.13"));
  expect(found).toMatchObject({ version: "3.12", from: { image: "python:3.12" } });
});

it("takes Debian's when no registry answers, and asks again only after a while", async () => {
  let now = 0;
  const away = engine([]);
  const runtimes = index(away, () => now);
  expect(await runtimes.find(wish(">=3.11"))).toMatchObject({ version: "3.11", from: { debian: {} } });
  await runtimes.find(wish(">=3.11"));
  expect(away.asked).toEqual(["python:3.13"]);
  now = 1001;
  await runtimes.find(wish(">=3.11"));
  expect(away.asked).toHaveLength(2);
});

it("takes no line of which only older releases fit", () => {
  expect(wish("<=3.12.2").offers).toMatchObject([{ from: { debian: {} } }]);
  expect(wish("3.12.2").offers).toMatchObject([{ from: { image: "python:3.12.2" } }]);
});

it("says what is available and what went wrong when nothing can be had", async () => {
  await expect(index(engine([])).find(wish("3.12.x"))).rejects.toThrow(
    "No Python fits test 3.12.x. Available here: 3.11 (Debian's).\nPython 3.12 could not be had: no such host",
  );
});
