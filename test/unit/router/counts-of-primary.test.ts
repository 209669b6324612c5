import { setImmediate as turn } from "node:timers/promises";
import { OwnCounts } from "../../../router/admission/client-counts";
import { CountDesk } from "../../../router/workers/count-desk";
import type { CountAsk } from "../../../router/workers/count-messages";
import { CountsOfPrimary } from "../../../router/workers/counts-of-primary";

const rate = { requests: 2, perMs: 1_000 };

/** Two workers and their primary, with a clock of the test's. */
function crew() {
  const clock = { nowMs: 0 };
  const nowMs = () => clock.nowMs;
  const desk = new CountDesk<object>(new OwnCounts(nowMs));
  const messages: CountAsk[][] = [];
  const workers = [{}, {}].map((id) => {
    const counts: CountsOfPrimary = new CountsOfPrimary((asks) => {
      messages.push(asks);
      counts.hear(desk.answer(id, asks));
    }, nowMs);
    return { id, counts };
  });
  const [one, two] = workers;
  if (!one || !two) throw new Error("there are two");
  return { clock, desk, messages, one, two };
}

test("what is asked in one turn is one message, and workers share a client's rate", async () => {
  const { messages, one, two } = crew();
  const answers = [one, two, one, two].map(({ counts }) => counts.take("a", "c", rate));
  expect(await Promise.all(answers)).toEqual([0, 500, 0, 500]);
  expect(messages.map((asks) => asks.length)).toEqual([2, 2]);
});

test("who was told to come later is not asked for until then", async () => {
  const { clock, messages, one } = crew();
  for (const _ of [1, 2, 3]) await one.counts.take("a", "c", rate);
  expect(messages).toHaveLength(3);
  expect(one.counts.take("a", "c", rate)).toBe(500);
  clock.nowMs = 500;
  expect(await one.counts.take("a", "c", rate)).toBe(0);
  // Another rate is another count: who raises it does not wait for the old one.
  expect(await one.counts.take("a", "c", { requests: 9, perMs: 1_000 })).toBe(0);
});

test("what a worker had under way is given back when it leaves it, or is gone", async () => {
  const { desk, one, two } = crew();
  const enter = (worker: typeof one) => worker.counts.enter("a", "c", 3);
  expect(await Promise.all([enter(one), enter(one), enter(two), enter(two)])).toEqual([
    true,
    true,
    true,
    false,
  ]);
  two.counts.leave("a", "c");
  await turn();
  expect(await enter(one)).toBe(true);
  desk.gone(one.id);
  expect(await Promise.all([enter(two), enter(two), enter(two), enter(two)])).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
