import type { Readable } from "node:stream";
import { grpcFrame, grpcHeadBytes } from "../../../core/grpc-frame";
import type { ProbeResult } from "../engine";
import { askH2c, type H2cAnswer, type Place } from "./h2c-request";

/** Names of HealthCheckResponse.ServingStatus, by number. */
const statuses = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];
const mostAnswerBytes = 1_024;
const unimplemented = "12";

/** Asks a server how one of its services is, by the gRPC health checking protocol (grpc.health.v1). Never throws, ends within timeoutMs. */
export function askGrpc(place: Place, service: string, timeoutMs: number): Promise<ProbeResult> {
  const asked = {
    method: "POST",
    path: "/grpc.health.v1.Health/Check",
    headers: { "content-type": "application/grpc", te: "trailers", "user-agent": "paas-check" },
    body: grpcFrame(checkRequest(service)),
  };
  return askH2c(place, asked, timeoutMs, async (answer) =>
    answer === "reset" ? { ready: false, seen: "the call was reset" } : judge(answer),
  );
}

async function judge({ status, body, headers, trailers }: H2cAnswer): Promise<ProbeResult> {
  if (status !== 200) return { ready: false, seen: `http ${status}` };
  const message = await readAll(body);
  const code = String(headers["grpc-status"] ?? trailers()["grpc-status"] ?? "none");
  if (code === unimplemented) return { ready: false, seen: "it has no grpc.health.v1.Health" };
  if (code !== "0") return { ready: false, seen: `grpc-status ${code}` };
  const serving = servingStatus(message.subarray(grpcHeadBytes));
  return { ready: serving === 1, seen: statuses[serving] ?? `status ${serving}` };
}

/** As much of a body as an answer may have; less if it breaks off, which its status then tells. */
async function readAll(body: Readable): Promise<Buffer> {
  let read = Buffer.alloc(0);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      read = Buffer.concat([read, chunk]);
      if (read.length > mostAnswerBytes) break;
    }
  } catch {
    return read;
  }
  return read;
}

/** HealthCheckRequest: its field 1 is the service's name, of at most 127 bytes here. */
function checkRequest(service: string): Buffer {
  const name = Buffer.from(service);
  return name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
}

/** Field 1 of HealthCheckResponse; one that is left out is 0. */
const servingStatus = (message: Buffer): number => (message[0] === 0x08 ? (message[1] ?? 0) : 0);
