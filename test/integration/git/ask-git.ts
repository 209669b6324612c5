import { request } from "node:http";
import type { GitTestServer } from "../../support/git-server";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface Sent {
  token?: string;
  body?: Buffer | string;
  headers?: Record<string, string>;
}

export const basic = (token: string): string => `Basic ${Buffer.from(`x:${token}`).toString("base64")}`;

/** One request as it is written here, whatever a git client would send. */
export function askGit(
  host: GitTestServer,
  method: string,
  path: string,
  { token, body, headers = {} }: Sent = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const authorization = token === undefined ? {} : { authorization: basic(token) };
    const sent = request({
      agent: false, // a body cut short on purpose must not be taken for the next request
      port: host.port,
      host: "127.0.0.1",
      method,
      path,
      headers: { ...authorization, ...headers },
    });
    sent.on("error", reject);
    sent.on("response", (res) => {
      let text = "";
      res.setEncoding("latin1").on("data", (chunk: string) => {
        text += chunk;
      });
      res.on("error", reject);
      res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text }));
    });
    sent.end(body);
  });
}
