import { type FaultName, faults } from "./fault";

export interface AccessLine {
  appId: string;
  line: string;
}

/** What there is to tell of one request when it is over. */
export interface Access {
  method: string;
  path: string;
  host: string;
  requestId: string;
  fwd: string;
  instance: string | null;
  connectMs: number | null;
  serviceMs: number;
  status: number;
  bytes: number;
  fault: FaultName | null;
}

/** Heroku's router line, without time and source. */
export function formatAccess(access: Access): string {
  const fault = access.fault === null ? undefined : faults[access.fault];
  const head = fault?.code ? `at=error code=${fault.code} desc="${fault.desc}"` : "at=info";
  const ms = (value: number | null) => (value === null ? "" : `${Math.round(value)}ms`);
  return (
    `${head} method=${word(access.method, 20)} path="${word(access.path, 2_000)}" host=${word(access.host, 255)}` +
    ` request_id=${access.requestId} fwd="${access.fwd}" instance=${access.instance ?? ""}` +
    ` connect=${ms(access.connectMs)} service=${ms(access.serviceMs)} status=${access.status} bytes=${access.bytes}`
  );
}

/** Client text as one safe word: quotes, blanks and control characters percent-encoded, cut at `length`. */
function word(text: string, length: number): string {
  const cut = text.length > length ? text.slice(0, length) : text;
  return /[^\x21\x23-\x7e]/.test(cut) ? escaped(cut) : cut;
}

function escaped(text: string): string {
  return text.replace(/[^\x21\x23-\x7e]/g, (char) => `%${hex(char.charCodeAt(0))}`);
}

const hex = (code: number): string => (code & 0xff).toString(16).toUpperCase().padStart(2, "0");

const batchMs = 200;
const maxWaiting = 10_000;
const maxBatch = 1_000;

/** Gathers access lines and sends them in batches. While nobody takes them the newest are kept, a bounded number. */
export class AccessLog {
  readonly #send: (lines: readonly AccessLine[]) => Promise<boolean>;
  #waiting: AccessLine[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (lines: readonly AccessLine[]) => Promise<boolean>) {
    this.#send = send;
  }

  add(line: AccessLine): void {
    this.#waiting.push(line);
    if (this.#waiting.length > maxWaiting * 1.1) this.#waiting = this.#waiting.slice(-maxWaiting);
    this.#timer ??= setTimeout(() => void this.#flushSoon(), batchMs).unref();
  }

  /** Sends what waits; resolves when it is sent or nobody takes it. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, maxBatch);
      if (await this.#send(batch)) continue;
      this.#waiting.unshift(...batch);
      return;
    }
  }

  async #flushSoon(): Promise<void> {
    await this.flush();
    this.#timer = undefined;
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => void this.#flushSoon(), batchMs).unref();
  }
}
