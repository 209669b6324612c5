import { BuildLine, type Turn } from "../../../server/actions/builds/build-line";
import { Notices } from "../../../server/store/notices";

/** Takes places for builds called `<app><number>` and keeps who was admitted, in order. */
function lineOf(atOnce: number) {
  const line = new BuildLine(atOnce, () => undefined);
  const admitted: string[] = [];
  const turns = new Map<string, Turn>();
  const take = async (buildId: string): Promise<void> => {
    turns.set(buildId, await line.take(buildId, buildId.slice(0, 1)));
    admitted.push(buildId);
  };
  const settled = () => new Promise(setImmediate);
  return { line, admitted, turns, take: (...ids: string[]) => void ids.map(take), settled };
}

test("builds begin in order of arrival: one an app, so many at once, and none waits for another app's line", async () => {
  const { line, admitted, turns, take, settled } = lineOf(2);
  take("a1", "a2", "b1", "c1", "d1");
  await settled();
  expect(admitted).toEqual(["a1", "b1"]);
  expect(["a1", "a2", "c1", "d1"].map((id) => line.waitOf(id))).toEqual([
    null,
    { place: 1, reason: "app" },
    { place: 1, reason: "platform" },
    { place: 2, reason: "platform" },
  ]);
  turns.get("a1")?.giveBack();
  await settled();
  expect(admitted).toEqual(["a1", "b1", "a2"]);
});

test("an image that is made frees its place for another app, and not yet for its own", async () => {
  const { line, admitted, turns, take, settled } = lineOf(1);
  take("a1", "a2", "b1");
  await settled();
  turns.get("a1")?.freePlace();
  await settled();
  expect(admitted).toEqual(["a1", "b1"]);
  turns.get("b1")?.giveBack();
  turns.get("b1")?.giveBack();
  await settled();
  expect(line.waitOf("a2")).toEqual({ place: 1, reason: "app" });
  turns.get("a1")?.giveBack();
  await settled();
  expect(admitted).toEqual(["a1", "b1", "a2"]);
});

test("a build that leaves the line is in nobody's way", async () => {
  const { line, admitted, turns, take, settled } = lineOf(1);
  take("a1", "a2", "a3");
  await settled();
  line.leave("a2");
  await settled();
  expect(admitted).toEqual(["a1", "a2"]);
  expect(line.waitOf("a3")).toEqual({ place: 1, reason: "app" });
  turns.get("a2")?.giveBack();
  await settled();
  expect(admitted).toEqual(["a1", "a2"]);
});

test("notices are never missed between two looks, and come together while nobody looks", async () => {
  const notices = new Notices();
  const over = new AbortController();
  const changes = notices.changes("app", over.signal);
  expect((await changes.next()).done).toBe(false);
  notices.tell("app");
  notices.tell("app");
  notices.tell("another");
  expect((await changes.next()).done).toBe(false);
  const next = changes.next();
  notices.tell("app");
  expect((await next).done).toBe(false);
  const last = changes.next();
  over.abort();
  expect((await last).done).toBe(true);
});
