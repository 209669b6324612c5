import type { WebSocket } from "ws";
import { invalid, PaasError } from "../../../core/error";
import { type RunStart, runStartSchema } from "../../../core/wire";
import { checkShape } from "../request/body";

const startTimeoutMs = 10_000;

/** What a client of `run` sends: first RunStart, then frames. Frames that come before someone takes them wait. */
export interface RunInbox {
  start: Promise<RunStart>;
  /** Hands over the frames that wait, then each one as it comes. */
  deliver(take: (frame: Buffer) => void): void;
}

export function openInbox(client: WebSocket): RunInbox {
  const waiting: Buffer[] = [];
  let take = (frame: Buffer): void => {
    waiting.push(frame);
    // Several frames may lie in one packet; more than those wait in the socket, not in memory of ours.
    client.pause();
  };
  return {
    start: firstMessage(client, (frame) => take(frame)),
    deliver(taker) {
      take = taker;
      for (const frame of waiting.splice(0)) taker(frame);
      client.resume();
    },
  };
}

function firstMessage(client: WebSocket, next: (frame: Buffer) => void): Promise<RunStart> {
  return new Promise((resolve, reject) => {
    const late = new PaasError("timeout", "The first message, RunStart as JSON, did not come within 10 s.");
    const timer = setTimeout(() => reject(late), startTimeoutMs);
    client.once("close", () => {
      clearTimeout(timer);
      reject(invalid("The client left before it said what to run."));
    });
    client.once("message", (data, binary) => {
      clearTimeout(timer);
      client.on("message", (frame, isBinary) => {
        if (isBinary && Buffer.isBuffer(frame) && frame.length > 0) next(frame);
        else client.close(1003, "binary frames only");
      });
      try {
        resolve(readStart(binary ? null : String(data)));
      } catch (error) {
        reject(error);
      }
    });
  });
}

function readStart(text: string | null): RunStart {
  try {
    return checkShape(runStartSchema, JSON.parse(text ?? ""));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid("The first message must be text: RunStart as JSON.");
    throw error;
  }
}
