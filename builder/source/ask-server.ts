import { get, type IncomingMessage } from "node:http";

/**
 * Asks the server for something of one build, with that build's own token. Rejects when it does not answer, and when it answers anything
 * but 200. By node:http: `fetch` costs a build of a few files some milliseconds for each answer.
 */
export function askServer(url: string, token: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A connection of its own: none that the server may just be closing.
    const request = get(url, { agent: false, signal, headers: { authorization: `Bearer ${token}` } });
    request.on("error", reject);
    request.once("response", (response) => {
      if (response.statusCode === 200) return resolve(response);
      response.destroy();
      reject(new Error(`HTTP ${response.statusCode}`));
    });
  });
}
