import { createInterface } from "node:readline";
import type { World } from "./world";

/**
 * What somebody types after a question, without the blanks around it. Empty when he leaves it (Ctrl-C, Ctrl-D), and where there is
 * no terminal to ask on.
 */
export function ask({ stdin, stderr }: World, question: string): Promise<string> {
  if (!stdin.isTTY || !stderr.isTTY) return Promise.resolve("");
  const lines = createInterface({ input: stdin, output: stderr, terminal: true });
  return new Promise((resolve) => {
    let answer: string | null = null;
    lines.once("close", () => {
      if (answer === null) stderr.write("\n");
      resolve(answer?.trim() ?? "");
    });
    lines.question(question, (line) => {
      answer = line;
      lines.close();
    });
  });
}
