import protobuf from "protobufjs";

/** One step of a build as BuildKit reports it; reported again on every change. */
export interface TraceStep {
  digest: string;
  name: string;
  cached: boolean;
  started: boolean;
  completed: boolean;
  error: string;
}

export interface TraceLog {
  /** Digest of the step that wrote it. */
  step: string;
  text: Buffer;
}

export interface Trace {
  steps: TraceStep[];
  logs: TraceLog[];
}

// The part of moby.buildkit.v1.StatusResponse (api/services/control/control.proto of BuildKit) that a transcript needs.
const root = protobuf.Root.fromJSON({
  nested: {
    StatusResponse: {
      fields: {
        vertexes: { rule: "repeated", type: "Vertex", id: 1 },
        logs: { rule: "repeated", type: "VertexLog", id: 3 },
      },
    },
    Vertex: {
      fields: {
        digest: { type: "string", id: 1 },
        name: { type: "string", id: 3 },
        cached: { type: "bool", id: 4 },
        started: { type: "bytes", id: 5 },
        completed: { type: "bytes", id: 6 },
        error: { type: "string", id: 7 },
      },
    },
    VertexLog: {
      fields: { vertex: { type: "string", id: 1 }, msg: { type: "bytes", id: 4 } },
    },
  },
});
const statusResponse = root.lookupType("StatusResponse");

interface Decoded {
  vertexes: Array<{
    digest: string;
    name: string;
    cached: boolean;
    started: Buffer;
    completed: Buffer;
    error: string;
  }>;
  logs: Array<{ vertex: string; msg: Buffer }>;
}

/** Decodes the `aux` of one `moby.buildkit.trace` message (base64 of a StatusResponse). */
export function decodeTrace(aux: string): Trace {
  const message = statusResponse.decode(Buffer.from(aux, "base64"));
  const decoded = statusResponse.toObject(message, {
    defaults: true,
    arrays: true,
    bytes: Buffer,
  }) as Decoded;
  return {
    steps: decoded.vertexes.map((vertex) => ({
      digest: vertex.digest,
      name: vertex.name,
      cached: vertex.cached,
      // A time stamp is a message of its own: there or not is all that matters here.
      started: vertex.started.length > 0,
      completed: vertex.completed.length > 0,
      error: vertex.error,
    })),
    logs: decoded.logs.map((log) => ({ step: log.vertex, text: log.msg })),
  };
}
