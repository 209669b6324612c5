import { Agent, get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

export interface Place {
  address: string;
  port: number;
  /** Host header. */
  host: string;
}

/** Often enough to see the moment, seldom enough to leave the machine to what is measured. */
const askEachMs = 10;

/** Asks until the answer's body is the wanted text; the text of other answers and refused connections count as "not yet". */
export async function waitForAnswer(place: Place, wanted: string, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    while ((await ask(place, agent)) !== wanted) await pause(askEachMs, undefined, { signal });
  } finally {
    agent.destroy();
  }
}

function ask({ address, port, host }: Place, agent: Agent): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = get(
      { host: address, port, headers: { host }, agent, path: "/", timeout: 2_000 },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        response.once("error", () => resolve(null)).once("end", () => resolve(body));
      },
    );
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => resolve(null));
  });
}
