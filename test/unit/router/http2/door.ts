import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { AddressInfo } from "node:net";
import {
  connect as connectTls,
  createSecureContext,
  createServer,
  type Server,
  type TLSSocket,
} from "node:tls";
import { factsOf } from "../../../../router/front";
import { CertificateMaker, type Issued } from "../../../support/certificates";
import { Rig } from "../../../support/router-rig/rig";

/** Certificates of both apps' hosts: made once a file. */
export class Certified {
  readonly #maker = new CertificateMaker();
  readonly root = this.#maker.issue("Root", { authority: true });
  readonly shop = this.#maker.issue("shop", {
    by: this.root,
    hostnames: ["shop.localhost", "shop2.localhost"],
  });
  readonly blog = this.#maker.issue("blog", { by: this.root, hostnames: ["blog.localhost"] });

  /** Which one stands for a hostname. */
  nameFor(hostname: string): "shop" | "blog" | undefined {
    if (hostname === "blog.localhost") return "blog";
    return /^shop2?\.localhost$/.test(hostname) ? "shop" : undefined;
  }

  clean(): void {
    this.#maker.clean();
  }
}

/** A router with a door for TLS, and clients that speak HTTP/2 to it. */
export class Door {
  readonly rig: Rig;
  readonly #server: Server;
  readonly #root: Issued;
  readonly #sessions: ClientHttp2Session[] = [];
  readonly #sockets = new Set<TLSSocket>();

  constructor(certified: Certified, options: ConstructorParameters<typeof Rig>[0] = {}) {
    this.rig = new Rig(options);
    this.rig.certificateOf = (hostname) => certified.nameFor(hostname);
    this.#root = certified.root;
    const contexts = { shop: context(certified.shop), blog: context(certified.blog) };
    this.#server = createServer({
      ALPNProtocols: ["h2", "http/1.1"],
      SNICallback: (hostname, done) => done(null, contexts[certified.nameFor(hostname) ?? "shop"]),
    });
    this.#server.on("secureConnection", (socket) => {
      this.#sockets.add(socket);
      this.rig.front.accept(socket, factsOf(socket, "https"));
    });
  }

  async listen(): Promise<this> {
    await this.rig.listen();
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Its server, as one that hands its connections to the front. */
  get feeder(): Server {
    return this.#server;
  }

  /** A connection that has spoken TLS, with a protocol of ALPN. */
  async dial(protocol: string, servername = "shop.localhost"): Promise<TLSSocket> {
    const socket = connectTls({
      host: "127.0.0.1",
      port: this.port,
      servername,
      ca: this.#root.certificate,
      ALPNProtocols: [protocol],
    });
    socket.on("error", () => socket.destroy());
    await once(socket, "secureConnect");
    return socket;
  }

  async session(servername?: string, options: ClientSessionOptions = {}): Promise<ClientHttp2Session> {
    const socket = await this.dial("h2", servername);
    const session = connect(`https://${servername ?? "shop.localhost"}`, {
      ...options,
      createConnection: () => socket,
    });
    session.on("error", () => undefined);
    this.#sessions.push(session);
    await once(session, "remoteSettings");
    return session;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
    await this.rig.close();
  }
}

const context = ({ certificate, key }: Issued) => createSecureContext({ cert: certificate, key });

export interface Reply {
  headers: IncomingHttpHeaders;
  status: number;
  body: string;
  trailers: IncomingHttpHeaders;
  /** Of 1xx answers. */
  informed: number[];
}

/** Asks, with a body if there is one, and resolves with the whole answer; rejects if the stream is reset. */
export async function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string | Buffer,
): Promise<Reply> {
  const stream = session.request(
    { ":authority": "shop.localhost", ...headers },
    { endStream: body === undefined },
  );
  if (body !== undefined) stream.end(body);
  return answerOf(stream);
}

/** The whole answer to what was asked on a stream. */
export function answerOf(stream: ClientHttp2Stream): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const reply: Reply = { headers: {}, status: 0, body: "", trailers: {}, informed: [] };
    stream.setEncoding("latin1");
    stream.on("headers", (headers) => reply.informed.push(Number(headers[":status"])));
    stream.on("response", (headers) => {
      reply.headers = headers;
      reply.status = Number(headers[":status"]);
    });
    stream.on("trailers", (trailers) => {
      reply.trailers = trailers;
    });
    stream.on("data", (text: string) => {
      reply.body += text;
    });
    stream.on("error", reject);
    stream.on("close", () => {
      if (stream.rstCode === 0) resolve(reply);
      else reject(new Error(`reset with ${stream.rstCode}`));
    });
  });
}
