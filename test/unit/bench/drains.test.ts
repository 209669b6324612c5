import { cutEarly, drainsOf, type Tenancy } from "../../../bench/zero-drop/drains";
import type { ClosedStream } from "../../../bench/zero-drop/streams";

const stream = (change: Partial<ClosedStream>): ClosedStream => ({
  kind: "websocket",
  address: "10.0.0.2",
  openedAt: 1_000,
  closedAt: 5_000,
  ...change,
});
const tenancy = (change: Partial<Tenancy>): Tenancy => ({
  address: "10.0.0.2",
  createdAt: 0,
  leftRotationAt: 3_000,
  removedAt: 6_000,
  ...change,
});

test("a stream is judged by when the instance behind it left, not by who had its address before or after", () => {
  const others = [
    tenancy({ createdAt: 0, leftRotationAt: 400, removedAt: 500 }),
    tenancy({ createdAt: 7_000, leftRotationAt: null, removedAt: null }),
  ];
  const drains = drainsOf([stream({})], [...others, tenancy({ createdAt: 600 })]);
  expect(drains).toEqual([{ kind: "websocket", lastedMs: 2_000 }]);
});

test("closed before its limit, behind an instance that never left, or behind none: each is cut early", () => {
  const streams = [
    stream({}),
    stream({ closedAt: 4_900 }),
    stream({ address: "10.0.0.3" }),
    stream({ address: "10.0.0.4" }),
  ];
  const tenancies = [tenancy({}), tenancy({ address: "10.0.0.3", leftRotationAt: null })];
  expect(cutEarly(drainsOf(streams, tenancies), 2_000)).toEqual([
    { kind: "websocket", lastedMs: 1_900 },
    { kind: "websocket", lastedMs: null },
    { kind: "websocket", lastedMs: null },
  ]);
});
