import { median, p95, p99 } from "../../../bench/stats";

describe("median and p95", () => {
  it("takes the middle, or the mean of the two middle ones", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it("takes the nearest rank", () => {
    expect(p95(Array.from({ length: 20 }, (_, index) => index + 1))).toBe(19);
    expect(p95([5])).toBe(5);
    expect(p99(Array.from({ length: 200 }, (_, index) => index + 1))).toBe(198);
  });

  it("refuses an empty list", () => {
    expect(() => median([])).toThrow("No measurements");
  });
});
