import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { ask } from "../../../cli/ask";
import type { World } from "../../../cli/world";

/** Types keys after a question; resolves with the answer and what the terminal showed. */
async function asked(keys: string, isTTY = true): Promise<[answer: string, shown: string]> {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const shown = text(stderr);
  const answer = ask({ stdin, stderr } as unknown as World, "To go on, type shop: ");
  stdin.write(keys);
  const result = await answer;
  stderr.end();
  return [result, await shown];
}

test("takes what is typed, without the blanks around it", async () => {
  expect((await asked(" shop \r"))[0]).toBe("shop");
});

test.each(["\x03", "\x04", "sho\x03"])(
  "%j leaves the question unanswered, and ends its line",
  async (keys) => {
    const [answer, shown] = await asked(keys);
    expect(answer).toBe("");
    expect(shown).toMatch(/\n$/);
  },
);

test("asks nothing where there is no terminal", async () => {
  expect(await asked("shop\n", false)).toEqual(["", ""]);
});
