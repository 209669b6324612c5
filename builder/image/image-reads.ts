const loading = /^\[(?:\S+ )?internal\] load metadata for (\S+)/;
const reading = /^(?:\[[^\]]+\] )?FROM (\S+)/;

/** The image that a step reads, by what BuildKit calls the step; null for one that reads none. */
export const stepReads = (name: string): string | null =>
  loading.exec(name)?.[1] ?? reading.exec(name)?.[1] ?? null;

/** An image's name as engines complete it, `docker.io/library/node:24` for `node:24`; the digest that they add to a tag left out. */
export function fullName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const [host, path] = hasHost ? [first, rest.join("/")] : ["docker.io", image];
  const there = host === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  const last = there.split("/").at(-1) ?? "";
  if (/:.*@/.test(last)) return `${host}/${there.replace(/@.*/, "")}`;
  return `${host}/${there}${/[@:]/.test(last) ? "" : ":latest"}`;
}

/** As people write it. */
export const shownImage = (image: string): string => image.replace(/^docker\.io\/(?:library\/)?/, "");
