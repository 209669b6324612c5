import { judge, parseBakeWindow } from "../../../core/bake";
import { addFigures, bucketOf, type Figures, figuresText, p99Of, slowerThan } from "../../../core/figures";
import { fc } from "../../support/properties";

/** Requests with that latency, so many of them errors. */
const served = (requests: number, errors = 0, ms = 20): Figures => {
  const latency = Array.from({ length: bucketOf(ms) + 1 }, () => 0);
  latency[bucketOf(ms)] = requests;
  return { requests, errors, latency };
};
const verdict = (fresh: Figures, before: Figures | null, isLast = true) =>
  judge({ fresh, before, countedMs: 60_000 }, 1, isLast);

describe("a release is clearly worse", () => {
  test("when it answers 5xx where the old one did not, with the figures of both", () => {
    expect(verdict(served(50, 40), served(120), false)).toBe(
      "40 of 50 requests answered with 5xx (80 %), of v1 0 of 120 (0 %)",
    );
    expect(verdict(served(10, 10), served(10), false)).not.toBeNull();
    expect(verdict(served(20, 10), null, false)).toBe(
      "10 of 20 requests answered with 5xx (50 %); v1 had no traffic",
    );
  });

  test("not by few requests, few errors, a small rise, or as bad as before", () => {
    expect(verdict(served(9, 9), served(100))).toBeNull();
    expect(verdict(served(100, 4), served(100))).toBeNull();
    expect(verdict(served(100_000, 900), served(100_000))).toBeNull();
    expect(verdict(served(1_000, 510), served(1_000, 500))).toBeNull();
    expect(verdict(served(100, 8), null)).toBeNull();
  });

  test("before its end only by more than at its end", () => {
    expect(verdict(served(200, 11), served(200), false)).toBeNull();
    expect(verdict(served(200, 11), served(200), true)).not.toBeNull();
  });

  test("by its p99, at its end alone", () => {
    const slow = addFigures(served(900), served(100, 0, 1_500));
    expect(verdict(slow, served(1_000))).toBe("a p99 of 1.7 s over 1000 requests, of v1 23 ms over 1000");
    expect(verdict(slow, served(1_000), false)).toBeNull();
    expect(verdict(slow, null)).toBeNull();
    expect(verdict(served(1_000, 0, 150), served(1_000, 0, 20))).toBeNull();
    expect(verdict(served(1_000, 0, 1_800), served(1_000, 0, 1_000))).toBeNull();
    expect(verdict(served(100, 0, 5_000), served(1_000))).toBeNull();
    expect(verdict(addFigures(served(992), served(8, 0, 5_000)), served(1_000))).toBeNull();
  });
});

const figures = fc
  .record({
    latency: fc.array(fc.nat(2_000), { maxLength: 60 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ latency, share }): Figures => {
    const requests = latency.reduce((sum, one) => sum + one, 0);
    return { requests, errors: Math.round(requests * share), latency };
  });

describe("whatever was counted", () => {
  test("a release that is like the old one is not worse", () => {
    fc.assert(
      fc.property(figures, fc.boolean(), (one, isLast) => {
        expect(verdict(one, one, isLast)).toBeNull();
      }),
    );
  });

  test("an error more makes nothing better, and the last look is not milder", () => {
    fc.assert(
      fc.property(figures, fc.option(figures), fc.boolean(), (fresh, before, isLast) => {
        fc.pre(fresh.errors < fresh.requests);
        const more = { ...fresh, errors: fresh.errors + 1 };
        if (verdict(fresh, before, isLast) !== null) expect(verdict(more, before, isLast)).not.toBeNull();
        if (verdict(fresh, before, false) !== null) expect(verdict(fresh, before, true)).not.toBeNull();
      }),
    );
  });

  test("errors of everybody after an old release that had few are seen at once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 10_000 }),
        fc.integer({ min: 10, max: 10_000 }),
        (many, before) => {
          expect(verdict(served(many, many), served(before, Math.floor(before / 20)), false)).not.toBeNull();
        },
      ),
    );
  });

  test("chance alone takes back hardly any release, though it is looked at each second", () => {
    // A generator with a seed: the same worlds each time.
    let state = 12_345;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const errorsOf = (requests: number) =>
      Array.from({ length: requests }, random).filter((x) => x < 0.03).length;
    let taken = 0;
    for (let world = 0; world < 400; world += 1) {
      const before = served(600, errorsOf(600));
      let fresh = served(0);
      let failed = false;
      for (let second = 1; second <= 60 && !failed; second += 1) {
        fresh = addFigures(fresh, served(10, errorsOf(10)));
        failed = verdict(fresh, before, second === 60) !== null;
      }
      if (failed) taken += 1;
    }
    expect(taken).toBeLessThanOrEqual(4);
  });

  test("a p99 is never too small, and at most a bucket too great", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 600_000, noNaN: true }), { minLength: 1 }), (times) => {
        const all = times.map((ms) => served(1, 0, ms)).reduce(addFigures);
        const exact = [...times].sort((a, b) => a - b)[Math.ceil(0.99 * times.length) - 1] ?? 0;
        expect(p99Of(all)).toBeGreaterThanOrEqual(exact * 0.999_999);
        expect(p99Of(all)).toBeLessThanOrEqual(exact * 1.19);
        expect(slowerThan(all, exact)).toBeLessThanOrEqual(times.filter((ms) => ms >= exact).length);
      }),
    );
  });
});

test("figures are told, and windows are read", () => {
  expect(figuresText(served(120, 3))).toBe("120 requests, 3 with 5xx (2.5 %), p99 23 ms");
  expect(figuresText(served(0))).toBe("0 requests");
  expect([parseBakeWindow("60s"), parseBakeWindow("off")]).toEqual([60_000, null]);
  for (const word of ["4s", "2h", "on", ""]) expect(() => parseBakeWindow(word)).toThrow();
});
