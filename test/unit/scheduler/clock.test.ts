import { Clock } from "../../../server/scheduler/clock";

const hour = 3_600_000;

/** A host whose clock can be set. */
class Host {
  wall = Date.UTC(2026, 10, 20);
  steady = 1_000;
  readonly clock = new Clock(
    () => this.wall,
    () => this.steady,
  );

  passes(ms: number): void {
    this.wall += ms;
    this.steady += ms;
    this.clock.now();
  }
  set(byMs: number): void {
    this.wall += byMs;
  }
  /** How long ago the platform takes something to have been. */
  age(at: Date): number {
    return this.clock.now() - this.clock.timeOf(at).getTime();
  }
  stamp(): Date {
    return new Date(this.wall);
  }
}

test.each([hour, -hour, 10 * hour])("ages are the same after the clock was set by %i ms", (by) => {
  const host = new Host();
  const before = host.stamp();
  host.passes(20_000);
  host.set(by);
  expect(host.age(before)).toBe(20_000);
  const after = host.stamp();
  host.passes(5_000);
  expect([host.age(before), host.age(after)]).toEqual([25_000, 5_000]);
});

test("forth and back again, or back and forth, each age is right", () => {
  for (const by of [hour, -hour]) {
    const host = new Host();
    const first = host.stamp();
    host.passes(1_000);
    host.set(by);
    host.passes(1_000);
    const second = host.stamp();
    host.passes(1_000);
    host.set(-by);
    host.passes(1_000);
    const third = host.stamp();
    host.passes(1_000);
    expect([host.age(first), host.age(second), host.age(third)]).toEqual([5_000, 3_000, 1_000]);
  }
});

test("a jump that is seen late moves nothing that was written after it", () => {
  const host = new Host();
  host.passes(1_000);
  host.set(hour);
  host.wall += 5_000;
  host.steady += 5_000;
  const unseen = host.stamp();
  host.wall += 5_000;
  host.steady += 5_000;
  expect(host.age(unseen)).toBe(5_000);
});

test("a time service's corrections are no jumps, and a row is read with all its times", () => {
  const host = new Host();
  const row = { id: "i1", createdAt: host.stamp(), readyAt: null };
  host.passes(1_000);
  host.set(1_500);
  expect(host.clock.read(row)).toBe(row);
  host.set(-hour);
  expect(host.clock.read(row)).toEqual({ ...row, createdAt: new Date(row.createdAt.getTime() - hour) });
});
