/** Sockets of a process, bound and perhaps already listening, by what they are for: file descriptors. */
export type HandedSockets = Partial<Record<"http" | "https", number>>;

/** In the environment of a process that is handed sockets when it starts: `http=3,https=4`. */
export const handedVariable = "PAAS_HANDED_SOCKETS";

/** The first one after stdin, stdout and stderr. */
const firstDescriptor = 3;

/** How to hand our sockets to a child: the descriptors after its first three, and the text of its variable. */
export function handOver(held: HandedSockets): { descriptors: number[]; text: string } {
  const text = Object.keys(held).map((door, at) => `${door}=${firstDescriptor + at}`);
  return { descriptors: Object.values(held), text: text.join() };
}

export function readHanded(text = ""): HandedSockets {
  const handed = text.matchAll(/(?:^|,)(https?)=(\d+)(?=,|$)/g);
  return Object.fromEntries([...handed].map(([, door, fd]) => [door, Number(fd)]));
}
