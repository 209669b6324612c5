import { PaasError } from "../../core/error";

/** How long the engine may take over a question, in ms: generous, for a machine under full load. Builds and pulls have limits of their own. */
export const usualAnswerMs = 20_000;

/** Awaits the answer to a question; throws `timeout` when the engine took it and does not answer. Its library would wait for ever. */
export async function answered<T>(question: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noAnswer(limitMs)), limitMs);
  });
  try {
    return await Promise.race([question, limit]);
  } finally {
    clearTimeout(timer);
  }
}

const noAnswer = (limitMs: number): PaasError =>
  new PaasError(
    "timeout",
    `The Docker Engine gave no answer within ${limitMs / 1000} s. See the log of dockerd and restart it, then try again.`,
  );
