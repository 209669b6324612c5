import { batches } from "../../../server/logs/batches";

const limit = { items: 4, bytes: 100 };
const sizeOf = (text: string): number => text.length;

describe("batches", () => {
  it("hands on everything in order and bounded", async () => {
    const items = Array.from({ length: 23 }, (_, index) => String(index));
    const seen: string[][] = [];
    for await (const batch of batches(from(items), sizeOf, limit)) {
      seen.push(batch);
      await new Promise(setImmediate);
    }
    expect(seen.flat()).toEqual(items);
    expect(Math.max(...seen.map((batch) => batch.length))).toBeLessThanOrEqual(limit.items);
  });

  it("asks its source for no more than the limit while the caller is busy", async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked++;
        yield "x".repeat(60);
      }
    }
    const reading = batches(endless(), sizeOf, limit);
    await reading.next();
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(asked).toBeLessThanOrEqual(4);
    await reading.return(undefined);
  });

  it("throws its source's error after what came before it", async () => {
    async function* failing() {
      yield "one";
      throw new Error("broken");
    }
    const seen: string[][] = [];
    const reading = (async () => {
      for await (const batch of batches(failing(), sizeOf, limit)) seen.push(batch);
    })();
    await expect(reading).rejects.toThrow("broken");
    expect(seen).toEqual([["one"]]);
  });

  it("ends an empty source at once", async () => {
    for await (const batch of batches(from([]), sizeOf, limit)) throw new Error(`got ${batch}`);
  });
});

async function* from(items: string[]): AsyncGenerator<string> {
  yield* items;
}
