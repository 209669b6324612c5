import type { Metrics } from "../../core/metrics";
import type { TableChange } from "../../core/route-table";
import type { WorkerReport } from "../report";
import type { WorkerSettings } from "../worker";
import type { CountAnswer, CountAsk } from "./count-messages";
import type { SeatAnswer, SeatAsk } from "./seat-messages";

/** What a worker listens for. */
export type Door = "http" | "https";

/** The first message of all: what a worker cannot read by itself. */
export interface Beginning {
  settings: WorkerSettings;
  /** Opens certificates; null: no TLS. */
  certificateKey: Uint8Array | null;
  /** Where its operator's log goes: access lines may have stdout. */
  logTo: 1 | 2;
}

/** `ask` numbers what is answered with a report; numbers only rise. */
export type ToWorker =
  | ({ kind: "begin" } & Beginning)
  /** Of the table that it was given before, or of none; `sealed`: the certificates that the change names. */
  | { kind: "change"; ask: number; change: TableChange; sealed: Map<string, Uint8Array> }
  | { kind: "report"; ask: number }
  /** Answered with metrics. */
  | { kind: "metrics"; ask: number }
  /** Answered with `opened`; a worker that cannot listen ends. */
  | { kind: "open"; door: Door }
  | { kind: "counted"; answers: CountAnswer[] }
  | { kind: "seated"; answers: SeatAnswer[] }
  /** It lets what is in flight end, within a limit, and ends. */
  | { kind: "end" }
  /** It lets all end by itself, as successors have taken over, and ends. */
  | { kind: "leave" };

export type FromWorker =
  /** `ask` is the number of the question; null: told by itself, since something is worth telling. */
  | { kind: "report"; ask: number | null; report: WorkerReport; connections: number }
  /** `ask` is null for the last ones, before a worker ends. */
  | { kind: "metrics"; ask: number | null; metrics: Metrics }
  | { kind: "opened"; door: Door }
  | { kind: "count"; asks: CountAsk[] }
  | { kind: "seats"; asks: SeatAsk[] }
  /** Access lines (line-batch.ts). */
  | { kind: "lines"; lines: Uint8Array };
