import { breakSilence } from "../../../../builder/transcript/silence";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test("a silent build is told to go on each minute, until it speaks or ends", () => {
  let text = "";
  const { write, end } = breakSilence((piece) => {
    text += piece;
  });
  write("-----> Installing\n");
  jest.advanceTimersByTime(59_000);
  expect(text).toBe("-----> Installing\n");
  jest.advanceTimersByTime(61_000);
  write("       added 3 packages\n");
  jest.advanceTimersByTime(60_000);
  end();
  jest.advanceTimersByTime(600_000);
  expect(text.split("\n")).toEqual([
    "-----> Installing",
    "       (still at it, no output for 1 min)",
    "       (still at it, no output for 2 min)",
    "       added 3 packages",
    "       (still at it, no output for 1 min)",
    "",
  ]);
});
