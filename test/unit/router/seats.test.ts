import { SeatDesk } from "../../../router/seats/seat-desk";
import type { Seat, SeatWish } from "../../../router/seats/seats";
import type { SeatAnswer, SeatAsk } from "../../../router/workers/seat-messages";
import { SeatsOfPrimary } from "../../../router/workers/seats-of-primary";
import { SeatsOfWorker } from "../../../router/workers/seats-of-worker";
import { fc } from "../../support/properties";

const wish = (over: Partial<SeatWish> = {}): SeatWish => ({
  appId: "a1",
  most: 1,
  queue: 10,
  first: ["i1", "i2"],
  others: [],
  ...over,
});

describe("the desk", () => {
  const holder = {};
  let desk: SeatDesk;
  beforeEach(() => {
    desk = new SeatDesk(() => 0);
  });
  /** What one who asks was told by now. */
  const ask = (over: Partial<SeatWish> = {}, by: object = holder) => {
    const told: (string | null)[] = [];
    const waiting = desk.ask(by, wish(over), (instanceId) => told.push(instanceId));
    return { told, waiting };
  };

  test("gives the seat of the instance with the fewest requests, of the first before the others", () => {
    const two = { most: 2, first: ["i1", "i2"], others: ["i3"] };
    expect([1, 2, 3, 4, 5].map(() => ask(two).told[0])).toEqual(["i1", "i2", "i1", "i2", "i3"]);
  });

  test("has the next wait in line, and refuses who finds it full", () => {
    const one = { first: ["i1"], queue: 1 };
    expect([ask(one).told, ask(one).told, ask(one).told]).toEqual([["i1"], [], [null]]);
  });

  test("gives what is given back to the first in line who can use it", () => {
    ask({ first: ["i1"] });
    ask({ first: ["i2"] });
    const [elsewhere, first, second] = [ask({ first: ["i2"] }), ask(), ask()];
    desk.leave(holder, "a1", "i1");
    expect([elsewhere.told, first.told, second.told]).toEqual([[], ["i1"], []]);
    if (elsewhere.waiting) desk.giveUp(elsewhere.waiting);
    desk.leave(holder, "a1", "i2");
    expect(second.told).toEqual(["i2"]);
  });

  test("takes all back from who is gone, and nothing twice", () => {
    const gone = {};
    ask({ first: ["i1"] }, gone);
    const inLine = ask({ first: ["i1"] }, gone);
    const next = ask({ first: ["i1"] });
    desk.gone(gone);
    expect([inLine.told, next.told]).toEqual([[], ["i1"]]);
    desk.leave(gone, "a1", "i1");
    expect(ask({ first: ["i1"] }).told).toEqual([]);
  });
});

/** Two workers and their primary, between whom messages travel when `deliver` is called. */
function crew() {
  const desk = new SeatDesk(() => 0);
  const mail: (() => void)[] = [];
  const workers = [1, 2].map(() => {
    const worker: SeatsOfPrimary = new SeatsOfPrimary((asks: SeatAsk[]) =>
      mail.push(() => ofWorker.hear(asks)),
    );
    const ofWorker = new SeatsOfWorker(desk, (answers: SeatAnswer[]) =>
      mail.push(() => worker.hear(answers)),
    );
    return { worker, ofWorker };
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const deliver = async (count = Number.POSITIVE_INFINITY) => {
    await turn();
    for (let left = count; left > 0 && mail.length > 0; left -= 1) {
      mail.shift()?.();
      await turn();
    }
  };
  return { desk, workers, deliver };
}

test("whatever workers ask, take back and give back, no instance has too many, and no seat is lost", async () => {
  const acts = fc.array(
    fc.record({ act: fc.constantFrom("ask", "leave", "giveUp", "deliver"), by: fc.nat(1) }),
    {
      maxLength: 60,
    },
  );
  await fc.assert(
    fc.asyncProperty(acts, async (all) => {
      const { workers, deliver } = crew();
      const seats: Seat[] = [];
      const seekers: { seated(seat: Seat): void; lineIsFull(): void; by: number }[] = [];
      const ask = (by: number) => {
        const forget = () => seekers.splice(seekers.indexOf(seeker), 1);
        const seeker = {
          by,
          seated: (seat: Seat) => {
            forget();
            seats.push(seat);
            expect(seats.filter(({ instanceId }) => instanceId === seat.instanceId).length).toBeLessThan(3);
          },
          lineIsFull: forget,
        };
        seekers.push(seeker);
        workers[by]?.worker.ask(wish({ most: 2 }), seeker);
      };
      for (const { act, by } of all) {
        if (act === "ask") ask(by);
        else if (act === "leave") seats.shift()?.leave();
        else if (act === "deliver") await deliver(1);
        else {
          const seeker = seekers.shift();
          if (seeker) workers[seeker.by]?.worker.giveUp(seeker);
        }
      }
      await deliver();
      while (seats.length > 0) {
        seats.shift()?.leave();
        await deliver();
      }
      expect(seekers).toEqual([]);
      for (let count = 0; count < 4; count += 1) ask(count % 2);
      await deliver();
      expect(seats.map(({ instanceId }) => instanceId).sort()).toEqual(["i1", "i1", "i2", "i2"]);
    }),
    { numRuns: 100 },
  );
});

test("a worker that ends leaves its seats to the other", async () => {
  const { workers, deliver } = crew();
  const told: string[] = [];
  const seeker = (name: string) => ({
    seated: ({ instanceId }: Seat) => void told.push(`${name} ${instanceId}`),
    lineIsFull: () => undefined,
  });
  workers[0]?.worker.ask(wish({ first: ["i1"] }), seeker("one"));
  workers[1]?.worker.ask(wish({ first: ["i1"] }), seeker("two"));
  await deliver();
  expect(told).toEqual(["one i1"]);
  workers[0]?.ofWorker.gone();
  await deliver();
  expect(told).toEqual(["one i1", "two i1"]);
});
