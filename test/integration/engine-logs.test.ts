import { DockerTestApp } from "../support/docker-test-app";

jest.setTimeout(120_000);

let app: DockerTestApp;
beforeAll(async () => {
  app = await DockerTestApp.open();
});
afterAll(() => app?.close());

test("following outlives the rotation of a busy log: the last line comes, and long lines in pieces", async () => {
  const script = 'print "x" x 120, "\\n" for 1 .. 120000; print "y" x 40000, "\\n"; print "end\\n"';
  const spec = app.spec(`perl -e '${script}'`);
  await app.engine.start(spec);
  const lengths: number[] = [];
  const cursors: string[] = [];
  const { signal } = new AbortController();
  for await (const { text, cursor } of app.engine.logs(spec.id, { since: null, follow: true, signal })) {
    if (text.startsWith("x")) continue;
    lengths.push(text.length);
    cursors.push(cursor);
  }
  expect(lengths).toEqual([16384, 16384, 40000 - 2 * 16384, 3]);
  // The pieces share a time stamp, and yet reading goes on between them.
  const rest: number[] = [];
  const since = cursors[1] ?? null;
  for await (const { text } of app.engine.logs(spec.id, { since, follow: false, signal }))
    rest.push(text.length);
  expect(rest).toEqual([40000 - 2 * 16384, 3]);
});
