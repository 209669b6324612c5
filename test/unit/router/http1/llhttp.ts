/** Node's own parser as an oracle: what does it make of a stream that begins with one message? */

type Flat = string[];

interface Parser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenient: number): void;
  execute(bytes: Buffer): number | Error;
  [event: number]: (...args: never[]) => unknown;
}

interface Binding {
  HTTPParser: (new () => Parser) & Record<"REQUEST" | "RESPONSE", number> & Record<string, number>;
}

const { HTTPParser } = (process as unknown as { binding: (name: string) => Binding }).binding("http_parser");

export interface Judged {
  /** The code of its error; undefined when it takes the bytes. */
  error: string | undefined;
  url: string;
  status: number;
  headers: Flat;
  body: string;
  /** Whole messages it saw. */
  complete: number;
}

/** Feeds the bytes at once to a parser with no leniency. */
export function judge(bytes: Buffer, kind: "REQUEST" | "RESPONSE"): Judged {
  const judged: Judged = { error: undefined, url: "", status: 0, headers: [], body: "", complete: 0 };
  const parser = new HTTPParser();
  parser.initialize(HTTPParser[kind], {}, 1_000_000, 0);
  const on = (event: string, act: (...args: never[]) => unknown) => {
    parser[Number(HTTPParser[event])] = act;
  };
  on("kOnHeaders", (headers: Flat, url: string) => {
    judged.headers.push(...headers);
    // Told again with the trailers.
    judged.url ||= url;
  });
  on("kOnHeadersComplete", (...args: unknown[]) => {
    judged.headers.push(...((args[2] as Flat | undefined) ?? []));
    judged.url ||= String(args[4] ?? "");
    judged.status = Number(args[5] ?? 0);
    return 0;
  });
  on("kOnBody", (body: Buffer) => {
    judged.body += body.toString("latin1");
  });
  on("kOnMessageComplete", () => {
    judged.complete += 1;
  });
  const result = parser.execute(bytes);
  if (typeof result !== "number") judged.error = (result as Error & { code: string }).code;
  return judged;
}
