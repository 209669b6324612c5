import { Remembered } from "../../../server/repositories/remembered";

it("asks again only for what has gone out of a full memory, and after a failure", async () => {
  const asked: string[] = [];
  const answers = new Remembered<string>(2);
  const ask = (question: string) =>
    answers.of(question, async () => {
      asked.push(question);
      return `the answer to ${question}`;
    });
  const fails = answers.of("a", () => Promise.reject(new Error("git is away")));
  await expect(fails).rejects.toThrow("git is away");
  for (const question of ["a", "b", "b", "a", "c", "c", "a"])
    await expect(ask(question)).resolves.toBe(`the answer to ${question}`);
  expect(asked).toEqual(["a", "b", "c", "a"]);
});
