import { LogPlace, sinceTime } from "../../../server/engines/docker/log-place";
import { fc } from "../../support/properties";

const stamp = (nanos: number) => `2026-11-20T10:00:00.${String(nanos).padStart(9, "0")}Z`;

const frame = (stream: "stdout" | "stderr", nanos: number, text: string) => ({
  stream,
  data: Buffer.from(`${stamp(nanos)} ${text}\n`),
});

type Frames = ReturnType<typeof frame>[];

const read = (frames: Frames, since: string | null) => {
  const place = new LogPlace(since);
  return frames.map((each) => place.take(each)).filter((entry) => entry !== null);
};

test("an entry knows its time, stream and text", () => {
  expect(read([frame("stderr", 5, "oops, again")], null)).toMatchObject([
    { at: new Date("2026-11-20T10:00:00.000Z"), stream: "stderr", text: "oops, again" },
  ]);
});

test("an entry that follows a later one of the other stream is neither lost nor read twice", () => {
  const frames = [frame("stdout", 1, "one"), frame("stdout", 9, "two"), frame("stderr", 4, "oops")];
  const all = read(frames, null);
  expect(read(frames, all[2]?.cursor ?? "")).toEqual([]);
  expect(read(frames, all[1]?.cursor ?? "")).toEqual([all[2]]);
});

test("after any entry reading goes on with the next, whatever the streams' stamps", () => {
  const step = fc.record({ stderr: fc.boolean(), nanos: fc.integer({ min: 0, max: 2 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.nat(), (steps, n) => {
      const clock = { stdout: 0, stderr: 0 };
      const frames = steps.map(({ stderr, nanos }, index) => {
        const stream = stderr ? "stderr" : "stdout";
        clock[stream] += nanos;
        return frame(stream, clock[stream], `line ${index}`);
      });
      const all = read(frames, null);
      expect(all).toHaveLength(frames.length);
      const at = n % all.length;
      const rest = read(frames, all[at]?.cursor ?? "");
      expect(rest).toEqual(all.slice(at + 1));
      const again = rest[0];
      if (again) expect(read(frames, again.cursor)).toEqual(all.slice(at + 2));
    }),
  );
});

test("the engine is asked from a little before the newest stamp on", () => {
  const [, last] = read([frame("stdout", 123_456_789, "a"), frame("stderr", 100, "b")], null);
  expect(sinceTime(last?.cursor ?? "")).toBe(`${Date.parse("2026-11-20T09:59:59Z") / 1000}.123456789`);
});
