import { type IncomingHttpHeaders, request } from "node:http";
import { request as secureRequest } from "node:https";
import { rootCertificates } from "node:tls";
import { PaasError } from "../../core/error";

export interface AcmeAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const patienceMs = 30_000;
const maxBytes = 1024 * 1024;

/** Speaks HTTP with an ACME authority, which is known by one of Node's roots or by a root of one's own (PEM). */
export class AcmeHttp {
  readonly #ca: string[];
  readonly #agentName: string;

  constructor(ownRoot: string | null, version: string) {
    this.#ca = ownRoot === null ? [...rootCertificates] : [...rootCertificates, ownRoot];
    this.#agentName = `paas/${version}`;
  }

  /** Throws `unavailable` when the authority cannot be reached or does not answer in time. */
  ask(url: string, method: "GET" | "HEAD" | "POST", body = ""): Promise<AcmeAnswer> {
    return new Promise((resolve, reject) => {
      const { host } = new URL(url);
      const fail = (error: NodeJS.ErrnoException) =>
        reject(
          new PaasError(
            "unavailable",
            `The authority at ${host} cannot be reached (${error.code ?? error.message}).`,
          ),
        );
      const send = url.startsWith("https:") ? secureRequest : request;
      const headers = {
        "User-Agent": this.#agentName,
        ...(method === "POST" ? { "Content-Type": "application/jose+json" } : {}),
      };
      const signal = AbortSignal.timeout(patienceMs);
      const call = send(url, { method, headers, ca: this.#ca, agent: false, signal }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
          if (text.length > maxBytes) call.destroy(new Error("its answer is too long"));
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on("error", fail);
      });
      call.on("error", fail);
      call.end(body);
    });
  }
}
