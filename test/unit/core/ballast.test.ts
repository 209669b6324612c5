import { ballastStep } from "../../../core/ballast";
import { judgeBallast } from "../../../core/doctor";

const mebibyte = 2 ** 20;
const step = (made: number, free: number, wanted = 128) =>
  ballastStep(wanted * mebibyte, made * mebibyte, free * mebibyte);

test("it is made where as much again stays free beside it", () => {
  expect(step(0, 256)).toBe("make");
  expect(step(0, 255)).toBeNull();
  expect(step(64, 192)).toBe("make");
  expect(step(128, 1_000)).toBeNull();
});

test("it is released when the disk is full, and not made again at once by what that freed", () => {
  expect(step(128, 16)).toBeNull();
  expect(step(128, 15)).toBe("release");
  expect(step(0, 15 + 128)).toBeNull();
});

test("one that is not wanted any more goes", () => {
  expect(step(128, 1_000, 0)).toBe("release");
  expect(step(0, 1_000, 0)).toBeNull();
});

test("the doctor misses one that was released", () => {
  expect(judgeBallast(128 * mebibyte, 128 * mebibyte).severity).toBe("ok");
  expect(judgeBallast(0, 0).severity).toBe("ok");
  expect(judgeBallast(128 * mebibyte, 0)).toMatchObject({
    severity: "error",
    what: "the ballast of 128 MiB that is kept for the databases is not there",
  });
});
