import { markHost, markIn, newMark } from "../../../../builder/sandbox/mark";

test("a mark is an address in the form that every library gives it, and another one each time", () => {
  const marks = Array.from({ length: 200 }, newMark);
  for (const mark of marks) expect(new URL(`http://[${mark}]/`).hostname).toBe(`[${mark}]`);
  expect(new Set(marks).size).toBe(marks.length);
});

test("it is found in a hosts file by its name alone", () => {
  const mark = newMark();
  expect(markIn(`127.0.0.1\tlocalhost buildkitsandbox\n${mark}\t${markHost}\n`)).toBe(mark);
  expect(markIn(`127.0.0.1\tlocalhost\n${mark}\tother.${markHost}\n`)).toBeNull();
});
