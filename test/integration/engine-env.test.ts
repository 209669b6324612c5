import { buffer } from "node:stream/consumers";
import { DockerTestApp } from "../support/docker-test-app";
import { runSpec } from "../support/engine-specs";
import { fc } from "../support/properties";

jest.setTimeout(120_000);

let app: DockerTestApp;
beforeAll(async () => {
  app = await DockerTestApp.open();
});
afterAll(() => app.close());

/** Everything an environment can carry: any text without NUL; lone surrogates have no UTF-8. */
const nasty = fc.constantFrom(
  "",
  " ",
  "$HOME",
  `\${HOME}`,
  "`id`",
  "$(id)",
  "'",
  '"',
  "\\",
  "\n",
  "\r\n",
  "=",
  "a=b",
  "%s",
  "é",
  "日本語",
  "👩‍👩‍👧",
  "#",
  "\t",
  "\u0001",
  "\u007f",
);
const value = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.array(nasty, { maxLength: 6 }).map((pieces) => pieces.join("")),
    fc.string({ maxLength: 4000 }),
  )
  .map((text) => Buffer.from(text.replaceAll("\0", "")).toString());
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/).map((text) => `V_${text}`);

async function environment(env: Record<string, string>, argv: string[]): Promise<Record<string, string>> {
  const base = runSpec(
    { id: app.baseRef, ref: app.baseRef, madeBy: "buildpack", port: 5000 },
    app.appId,
    argv,
    { stdin: false },
  );
  const session = await app.engine.run({ ...base, spec: { ...base.spec, env } });
  session.stderr?.resume();
  const text = (await buffer(session.stdout)).toString("utf8");
  await session.end();
  const entries = text.split("\0").slice(0, -1);
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
}

test.each([
  ["itself", ["cat", "/proc/self/environ"]],
  ["a shell", ["/bin/sh", "-c", "true && cat /proc/self/environ"]],
])("an environment arrives as it is, read by %s", async (_reader, argv) => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { minKeys: 50, maxKeys: 150 }), async (env) => {
      expect(await environment(env, argv)).toMatchObject(env);
    }),
    { numRuns: 2, endOnFailure: true },
  );
});

test("so it does for an instance, whose own command adds to it", async () => {
  const web = app.spec(`ADDED='$x "y"' cat /proc/self/environ`, {
    env: { PORT: "5000", A: "q\"$'`\\", ADDED: "hidden" },
  });
  await app.engine.start(web);
  const entries = (await app.output(web.id)).join("\n").split("\0");
  expect(entries).toEqual(expect.arrayContaining(["PORT=5000", "A=q\"$'`\\", 'ADDED=$x "y"']));
});

test("a value as long as the kernel takes arrives", async () => {
  const longest = "x".repeat(131_072 - "BIG=".length - 1);
  expect((await environment({ BIG: longest }, ["cat", "/proc/self/environ"])).BIG).toBe(longest);
});
