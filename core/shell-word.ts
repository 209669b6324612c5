/** A word as it can be typed into a shell: in quotes where it needs them, like `*.example.com`. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** Words as one line that a shell takes for them again; a single one is such a line already. */
export const shellLine = (words: string[]): string =>
  words.length === 1 ? (words[0] ?? "") : words.map(shellWord).join(" ");
