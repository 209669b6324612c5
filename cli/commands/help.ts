import { defineCommand, loadCommand } from "../command";
import { findCommand } from "../dispatch";
import { helpOn, overview } from "../help";

export const command = defineCommand({
  words: "[COMMAND...]",
  flags: {},
  async run(session, words) {
    if (words.length === 0) return session.print(overview());
    const { name } = findCommand(words);
    session.print(helpOn(name, loadCommand(name)));
  },
});
