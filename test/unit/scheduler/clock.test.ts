import { Clock } from "../../../server/scheduler/clock";

const hour = 3_600_000;

/** A ledger whose clock can be set, and how the server reads it. */
class Ledger {
  wall = Date.UTC(2026, 10, 20);
  steady = 1_000;
  readonly clock = new Clock(new Date(this.wall), () => this.steady);

  async passes(ms: number): Promise<void> {
    this.lets(ms);
    await this.look();
  }
  /** Time passes that nobody looks at. */
  lets(ms: number): void {
    this.wall += ms;
    this.steady += ms;
  }
  look(): Promise<void> {
    return this.clock.ask(async () => this.stamp());
  }
  async set(byMs: number): Promise<void> {
    this.wall += byMs;
    await this.look();
  }
  /** How long ago the platform takes something to have been. */
  age(at: Date): number {
    return this.clock.now() - this.clock.timeOf(at).getTime();
  }
  stamp(): Date {
    return new Date(this.wall);
  }
}

test.each([hour, -hour, 10 * hour])("ages are the same after the clock was set by %i ms", async (by) => {
  const ledger = new Ledger();
  const before = ledger.stamp();
  await ledger.passes(20_000);
  await ledger.set(by);
  expect(ledger.age(before)).toBe(20_000);
  const after = ledger.stamp();
  await ledger.passes(5_000);
  expect([ledger.age(before), ledger.age(after)]).toEqual([25_000, 5_000]);
});

test("forth and back again, or back and forth, each age is right", async () => {
  for (const by of [hour, -hour]) {
    const ledger = new Ledger();
    const first = ledger.stamp();
    await ledger.passes(1_000);
    await ledger.set(by);
    await ledger.passes(1_000);
    const second = ledger.stamp();
    await ledger.passes(1_000);
    await ledger.set(-by);
    await ledger.passes(1_000);
    const third = ledger.stamp();
    await ledger.passes(1_000);
    expect([ledger.age(first), ledger.age(second), ledger.age(third)]).toEqual([5_000, 3_000, 1_000]);
  }
});

test("a jump that is seen late moves nothing that was written after it", async () => {
  const ledger = new Ledger();
  await ledger.passes(1_000);
  ledger.wall += hour;
  ledger.lets(5_000);
  const unseen = ledger.stamp();
  await ledger.passes(5_000);
  expect(ledger.age(unseen)).toBe(5_000);
});

test("a time service's corrections are no jumps, and a row is read with all its times", async () => {
  const ledger = new Ledger();
  const row = { id: "i1", createdAt: ledger.stamp(), readyAt: null };
  await ledger.passes(1_000);
  await ledger.set(1_500);
  expect(ledger.clock.now()).toBe(ledger.wall);
  expect(ledger.clock.read(row)).toBe(row);
  await ledger.set(-hour);
  expect(ledger.clock.read(row)).toEqual({ ...row, createdAt: new Date(row.createdAt.getTime() - hour) });
});

test("our own clock, set or wrong, is not asked", async () => {
  const ledger = new Ledger();
  const stamp = ledger.stamp();
  await ledger.passes(3_000);
  jest.useFakeTimers({ now: ledger.wall + hour });
  expect(ledger.age(stamp)).toBe(3_000);
  jest.useRealTimers();
});

test("an answer that was long under way is no jump, and one that was overtaken says nothing", async () => {
  const ledger = new Ledger();
  const slow = ledger.clock.ask(async () => {
    const at = ledger.stamp();
    ledger.lets(30_000);
    return at;
  });
  await slow;
  expect(ledger.clock.now()).toBe(ledger.wall);
  let answer = (_at: Date): void => undefined;
  const overtaken = ledger.clock.ask(() => new Promise<Date>((resolve) => (answer = resolve)));
  const old = ledger.stamp();
  ledger.lets(10);
  await ledger.set(hour);
  answer(old);
  await overtaken;
  expect(ledger.clock.now()).toBe(ledger.wall);
  expect(ledger.age(old)).toBe(10);
});
