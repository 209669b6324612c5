import { domainToASCII } from "node:url";
import { conflict, invalid } from "./error";

const labelPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The one spelling of a name that people typed: lower case, no dot at the end, other scripts in their ASCII form. */
export function spellHostname(text: string): string {
  const name = text.trim().toLowerCase().replace(/\.$/, "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is not ASCII
  return /^[\x00-\x7f]*$/.test(name) ? name : domainToASCII(name);
}

/**
 * Checks a hostname that is to be an app's own: `www.example.com`, or `*.example.com` for every name with one label before it.
 * Returns its one spelling; throws `invalid`, or `conflict` for names below the platform's own domain.
 */
export function checkHostname(text: string, platformDomain: string): string {
  const name = spellHostname(text);
  const labels = name.replace(/^\*\./, "").split(".");
  if (name.length > 253 || labels.length < 2 || !labels.every((label) => labelPattern.test(label)))
    throw invalid(
      `${JSON.stringify(text)} is not a hostname: write www.example.com or *.example.com, without http:// and port.`,
    );
  if (/^[\d.]+$/.test(name)) throw invalid(`${name} is an address, not a hostname.`);
  if (name.endsWith(`.${platformDomain}`))
    throw conflict(
      `Hostnames below ${platformDomain} belong to the apps of those names: choose one outside it.`,
    );
  return name;
}

/** The wildcard that stands for a name: `www.example.com` -> `*.example.com`; null for names of one label. */
export function wildcardOf(hostname: string): string | null {
  const dot = hostname.indexOf(".");
  return dot < 1 ? null : `*${hostname.slice(dot)}`;
}

/** Whether a pattern (a name or a wildcard, as domains and certificates have them) stands for a name. A wildcard stands for one label. */
export function covers(pattern: string, hostname: string): boolean {
  return pattern === hostname || (pattern.startsWith("*.") && pattern === wildcardOf(hostname));
}
