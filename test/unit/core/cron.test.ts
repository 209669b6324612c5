import { parseAppJson } from "../../../core/app-json";
import { type CronJob, dueTimes, lateLimitMs, maxMissed, nextDue } from "../../../core/cron";
import { fc } from "../../support/properties";

const job = (schedule: string, timezone = "UTC"): CronJob => ({
  command: "true",
  schedule,
  timezone,
  overlap: "forbid",
});
const at = (text: string): Date => new Date(`${text}Z`);
const iso = (dates: Date[]): string[] => dates.map((date) => date.toISOString().slice(0, 16));

describe("app.json's cron", () => {
  const cron = (...entries: object[]) => parseAppJson(JSON.stringify({ cron: entries })).cron;

  test("is in UTC and forbids overlap unless it says otherwise", () => {
    expect(cron({ command: " rake tidy ", schedule: "0 3 * * *" })).toEqual([
      { command: "rake tidy", schedule: "0 3 * * *", timezone: "UTC", overlap: "forbid" },
    ]);
    const said = { command: "a", schedule: "@daily", timezone: "Europe/Berlin", concurrency_policy: "allow" };
    expect(cron(said)).toMatchObject([{ timezone: "Europe/Berlin", overlap: "allow" }]);
    expect(parseAppJson("{}").cron).toEqual([]);
  });

  test.each([
    [{ schedule: "* * * *" }, "cannot be read"],
    [{ schedule: "* * * * * *" }, "cannot be read"],
    [{ schedule: "61 * * * *" }, "cannot be read"],
    [{ schedule: "0 0 31 2 *" }, "never comes"],
    [{ schedule: "? * * * *" }, "never comes"],
    [{ timezone: "Mars/Olympus" }, "no time zone"],
    [{ concurrency_policy: "replace" }, "cron[0].concurrency_policy"],
    [{ command: "  " }, "cron[0].command"],
  ])("refuses %j", (over, words) => {
    expect(() => cron({ command: "a", schedule: "* * * * *", ...over })).toThrow(words);
  });
});

describe("due times", () => {
  test("follow the zone's clock; an hour that it skips or repeats comes once", () => {
    const berlin = job("30 2 * * *", "Europe/Berlin");
    expect(nextDue(berlin, at("2026-01-01T00:00"))).toEqual(at("2026-01-01T01:30"));
    const { missed } = dueTimes(berlin, at("2026-03-28T00:00"), at("2026-03-30T12:00"));
    expect(iso(missed)).toEqual(["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]);
    expect(iso(dueTimes(berlin, at("2026-10-24T12:00"), at("2026-10-25T12:00")).missed)).toEqual([
      "2026-10-25T00:30",
    ]);
  });

  test("up to the limit a late one is due, then missed; the instant of the last look is not looked at again", () => {
    const every = job("* * * * *");
    const look = (since: string, now: string) => {
      const { due, missed } = dueTimes(every, at(since), at(now));
      return [iso(due), iso(missed)];
    };
    expect(look("2026-01-01T00:00:00", "2026-01-01T00:00:59.999")).toEqual([[], []]);
    expect(look("2026-01-01T00:00:00", "2026-01-01T00:01:30")).toEqual([["2026-01-01T00:01"], []]);
    expect(look("2026-01-01T00:00:00", "2026-01-01T00:01:30.001")).toEqual([[], ["2026-01-01T00:01"]]);
    expect(look("2026-01-01T00:01:00", "2026-01-01T00:01:01")).toEqual([[], []]);
    expect(look("2026-01-01T00:05:00", "2026-01-01T00:01:00")).toEqual([[], []]);
  });

  test("after a year's silence only so many are counted, and what is due now is still found", () => {
    const { due, missed } = dueTimes(job("* * * * *"), at("2025-01-01T00:00"), at("2026-01-01T00:00:10"));
    expect([missed.length, iso(due)]).toEqual([maxMissed, ["2026-01-01T00:00"]]);
  });

  test("however the looks fall, each due time is seen exactly once", () => {
    const start = at("2026-01-01T00:00:00").getTime();
    const gaps = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(gaps, (steps) => {
        const seen: number[] = [];
        let now = start;
        for (const step of steps) {
          const { due, missed } = dueTimes(job("*/2 * * * *"), new Date(now), new Date(now + step));
          seen.push(...[...missed, ...due].map((date) => date.getTime()));
          for (const date of due) expect(now + step - date.getTime()).toBeLessThanOrEqual(lateLimitMs);
          now += step;
        }
        const count = Math.floor((now - start) / 120_000);
        expect(seen).toEqual(Array.from({ length: count }, (_, index) => start + (index + 1) * 120_000));
      }),
    );
  });
});
