import { Turns } from "../../../server/actions/turns";
import { Notices } from "../../../server/store/notices";

test("turns are taken one at a time in order of arrival, each key for itself", async () => {
  const turns = new Turns();
  const order: string[] = [];
  const first = await turns.take("a");
  const second = turns.take("a").then((give) => {
    order.push("second");
    return give;
  });
  const third = turns.take("a").then((give) => order.push("third") && give);
  (await turns.take("b"))();
  order.push("other key");
  first();
  (await second)();
  await third;
  expect(order).toEqual(["other key", "second", "third"]);
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
