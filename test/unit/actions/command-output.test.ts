import { CommandOutput } from "../../../server/actions/releases/command-output";

async function all(pieces: AsyncIterable<string>): Promise<string[]> {
  const list: string[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

test("what a release command said comes as safe lines, each once", async () => {
  const pieces = [
    { id: 1, text: "one\n\x1b]52;c;eA==\x07two\n" },
    { id: 2, text: "\u009b2Jthree\n" },
  ];
  const commands = {
    output: (_release: string, after: number) => Promise.resolve(pieces.filter(({ id }) => id > after)),
  };
  const output = new CommandOutput({ commands } as never, { id: "r1" } as never);
  expect(await all(output.news())).toEqual(["one\ntwo\n", "2Jthree\n"]);
  expect(await all(output.news())).toEqual([]);
});
