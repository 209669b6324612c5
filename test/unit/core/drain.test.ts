import { applyDrain, defaultDrain } from "../../../core/drain";
import { formatDuration, parseDuration } from "../../../core/duration";

test.each([
  ["30s", 30_000],
  ["10m", 600_000],
  ["1h", 3_600_000],
  ["500ms", 500],
  ["0s", 0],
  ["90s", 90_000],
])("%s is %d ms, and is written so", (word, ms) => {
  expect(parseDuration(word)).toBe(ms);
  expect(formatDuration(ms)).toBe(word);
});

test("a bare number is seconds", () => expect(parseDuration("45")).toBe(45_000));

test.each(["", "s", "-1s", "1.5m", "1d", "1m30s", "9999999999s"])("%j is no duration", (word) =>
  expect(() => parseDuration(word)).toThrow("write 30s, 10m or 1h"),
);

describe("the words of ps:drain", () => {
  test("change what they name", () => {
    expect(applyDrain(defaultDrain, { requests: "1m" })).toEqual({ requestsMs: 60_000, streamsMs: 300_000 });
    expect(applyDrain(defaultDrain, { streams: "0s" })).toEqual({ requestsMs: 30_000, streamsMs: 0 });
    expect(applyDrain(defaultDrain, {})).toEqual(defaultDrain);
  });

  test("have an upper limit", () => {
    expect(() => applyDrain(defaultDrain, { requests: "61m" })).toThrow("Requests may drain for at most 1h.");
    expect(() => applyDrain(defaultDrain, { streams: "25h" })).toThrow(
      "WebSockets may drain for at most 24h.",
    );
  });
});
