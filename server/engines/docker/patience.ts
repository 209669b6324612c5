import type Docker from "dockerode";

/** How long the engine may let us wait, in ms, before a call counts as hanging. */
export interface Patience {
  /** For the answer to a question, and for a stream to begin. */
  answerMs: number;
  /** For a change (create, start, remove) to be done, beside what the call itself asks the engine to wait. */
  changeMs: number;
  /** Between two looks at whether the engine still answers, as long as a stream is open. */
  pulseMs: number;
}

/** Generous: a machine under full load starts containers slowly, and a call given up too early is one made twice. */
export const usualPatience: Patience = { answerMs: 20_000, changeMs: 60_000, pulseMs: 30_000 };

/** The engine took a call and does not answer it. */
export class EngineHangs extends Error {
  constructor(readonly waitedMs: number) {
    super(`no answer within ${waitedMs / 1000} s`);
  }
}

interface Dial {
  method: string;
  isStream?: boolean;
  abortSignal?: AbortSignal;
  options?: { t?: unknown };
  /** Of a call that takes its time: the limit, in ms, in place of the usual one. The library passes it by. */
  waitMs?: number;
}
type Answered = (error: Error | null, answer?: unknown) => void;

/**
 * Puts a limit on every call made through a connection, so that none can be forgotten; throws EngineHangs. It covers a whole answer, or a stream's
 * beginning: what comes after that is its reader's. The library itself also waits for ever for an answer that breaks off in the middle.
 */
export function limitWaiting(docker: Docker, patience: Patience): void {
  const modem = docker.modem as { dial(options: Dial, answered: Answered): void };
  const dial = modem.dial.bind(modem);
  modem.dial = (options, answered) => {
    const limitMs = limitOf(options, patience);
    const given = new AbortController();
    const abortSignal = options.abortSignal
      ? AbortSignal.any([options.abortSignal, given.signal])
      : given.signal;
    let open = true;
    const settle: Answered = (error, answer) => {
      if (!open) return;
      open = false;
      clearTimeout(timer);
      answered(error, answer);
    };
    const timer = setTimeout(() => {
      settle(new EngineHangs(limitMs));
      given.abort();
    }, limitMs);
    dial({ ...options, abortSignal }, settle);
  };
}

/** A stop is answered when the container has ended: after its grace at most. */
function limitOf({ method, options, waitMs }: Dial, { answerMs, changeMs }: Patience): number {
  if (waitMs !== undefined) return waitMs;
  const graceMs = typeof options?.t === "number" ? options.t * 1000 : 0;
  return (method === "GET" ? answerMs : changeMs) + graceMs;
}
