import { PassThrough } from "node:stream";
import { createProgress } from "../../../scripts/setup/progress";

const shown = () => {
  const stream = new PassThrough();
  return {
    progress: createProgress(stream as unknown as NodeJS.WriteStream),
    text: () => String(stream.read() ?? ""),
  };
};

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe("createProgress in lines", () => {
  it("says nothing of a quick step and hands its value through", async () => {
    const { progress, text } = shown();
    await expect(progress.step("Looking", async () => 7)).resolves.toBe(7);
    expect(text()).toBe("");
  });

  it("tells the start, the going on and the end of a long step", async () => {
    const { progress, text } = shown();
    await progress.step("Installing", async () => jest.advanceTimersByTime(12_000));
    expect(text()).toBe("-----> Installing...\n       still at it (10 s)\n       done (12 s)\n");
  });

  it("says so when a step failed, and lets the error pass", async () => {
    const { progress, text } = shown();
    const act = async () => {
      jest.advanceTimersByTime(1_500);
      throw new Error("no");
    };
    await expect(progress.step("Installing", act)).rejects.toThrow("no");
    expect(text()).toBe("-----> Installing...\n       failed (2 s)\n");
  });
});
