/** A word as it can be typed into a shell: in quotes where it needs them, like `*.example.com`. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
