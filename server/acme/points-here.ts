import { randomBytes } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { request } from "node:http";
import { challengePath } from "../../core/acme";

export interface PointsHereOptions {
  /** DNS server to ask, `address:port`; null: the system's. */
  dnsServer: string | null;
  /** Where authorities ask: 80. */
  port: number;
  thumbprint: string;
}

const patienceMs = 10_000;

/**
 * Whether a name leads to this platform's router, so that an authority is not bothered (and does not count a failure) before it does.
 * Returns what is in the way, for people; null: nothing. A router that cannot be reached from inside its own network is no proof.
 */
export async function inTheWay(hostname: string, options: PointsHereOptions): Promise<string | null> {
  const found = await addressesOf(hostname, options.dnsServer);
  if (typeof found === "string") return found;
  for (const address of found) {
    const answer = await ask(address, hostname, options);
    if (answer === "elsewhere")
      return `${hostname} leads to ${address}, where something else answers on port ${options.port}: let its DNS lead here, or that port to this router.`;
  }
  return null;
}

/** Why DNS leads nowhere for a name, for people; null: it leads somewhere. */
export async function addressless(hostname: string, dnsServer: string | null): Promise<string | null> {
  const found = await addressesOf(hostname, dnsServer);
  return typeof found === "string" ? found : null;
}

async function addressesOf(hostname: string, dnsServer: string | null): Promise<string[] | string> {
  const resolver = new Resolver({ timeout: patienceMs / 4, tries: 2 });
  if (dnsServer !== null) resolver.setServers([dnsServer]);
  const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (addresses.length > 0) return addresses;
  const codes = answers.flatMap((answer) =>
    answer.status === "rejected" ? [(answer.reason as NodeJS.ErrnoException).code ?? ""] : [],
  );
  return codes.every((code) => code === "ENOTFOUND" || code === "ENODATA")
    ? `DNS knows no address for ${hostname} yet: let it lead to this platform's router.`
    : `DNS gives no answer for ${hostname} (${codes.find((code) => code !== "ENODATA" && code !== "ENOTFOUND")}).`;
}

/** Asks an address what an authority would ask, with a token of our own. */
function ask(
  address: string,
  hostname: string,
  { port, thumbprint }: PointsHereOptions,
): Promise<"here" | "elsewhere" | "unreachable"> {
  const token = randomBytes(16).toString("base64url");
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patienceMs);
    const place = { host: address, port, path: challengePath(token), headers: { host: hostname } };
    const call = request({ ...place, agent: false, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > 10_000) call.destroy();
      });
      // Authorities follow a redirect; where it leads is not judged here.
      const redirected = Math.floor((response.statusCode ?? 0) / 100) === 3;
      response.on("end", () => {
        if (redirected) resolve("unreachable");
        else resolve(text === `${token}.${thumbprint}` ? "here" : "elsewhere");
      });
      response.on("error", () => resolve("elsewhere"));
    });
    call.on("error", () => resolve("unreachable"));
    call.end();
  });
}
