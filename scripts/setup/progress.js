const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** @typedef {(detail: string) => void} Detail  says what a step is at; shown where there is room for it */
/** @typedef {{ step<T>(title: string, act: (detail: Detail) => Promise<T>): Promise<T> }} Progress */

/**
 * Shows steps that take over a second, and only those: a spinner on a terminal; elsewhere a line at its start and end and each 10 s.
 * @param {NodeJS.WriteStream} stream
 * @returns {Progress}
 */
function createProgress(stream) {
  const show = stream.isTTY ? onTerminal(stream) : inLines(stream);
  return {
    async step(title, act) {
      const shown = show(title);
      try {
        const value = await act(shown.detail);
        shown.end("done");
        return value;
      } catch (error) {
        shown.end("failed");
        throw error;
      }
    },
  };
}

/** @typedef {(title: string) => { detail: Detail, end: (word: string) => void }} Show */

/** @param {NodeJS.WriteStream} stream @returns {Show} */
function onTerminal(stream) {
  return (title) => {
    const started = Date.now();
    let detail = "";
    let frame = 0;
    const draw = () => {
      if (Date.now() - started < 1_000) return;
      const text = `${frames[frame++ % frames.length]} ${title} ${elapsed(started)}  ${detail}`;
      stream.write(`\r\u001b[K${text.slice(0, Math.max(20, stream.columns - 1))}`);
    };
    const timer = setInterval(draw, 100);
    return {
      detail: (text) => {
        detail = printable(text);
      },
      end: (word) => {
        clearInterval(timer);
        if (Date.now() - started >= 1_000)
          stream.write(`\r\u001b[K-----> ${title}... ${word} (${elapsed(started)})\n`);
      },
    };
  };
}

/** @param {NodeJS.WriteStream} stream @returns {Show} */
function inLines(stream) {
  return (title) => {
    const started = Date.now();
    const first = setTimeout(() => stream.write(`-----> ${title}...\n`), 1_000);
    const again = setInterval(() => stream.write(`       still at it (${elapsed(started)})\n`), 10_000);
    return {
      detail: () => undefined,
      end: (word) => {
        clearTimeout(first);
        clearInterval(again);
        if (Date.now() - started >= 1_000) stream.write(`       ${word} (${elapsed(started)})\n`);
      },
    };
  };
}

/** @param {number} started */
const elapsed = (started) => `${Math.round((Date.now() - started) / 1_000)} s`;

/** @param {string} text */
const printable = (text) => text.replace(/[^\x20-\x7e]/g, " ");

module.exports = { createProgress };
