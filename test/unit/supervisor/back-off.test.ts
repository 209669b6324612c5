import { restartDelayMs } from "../../../core/backoff";

test("the first restart is immediate, later ones wait longer, none over half a minute", () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 7, 8, 50].map(restartDelayMs);
  expect(delays).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});
