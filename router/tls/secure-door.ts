import { createServer, type Server, type TLSSocket } from "node:tls";
import { challengeProtocol } from "../../core/acme";
import { messageOf } from "../../core/error";
import type { Logger } from "../../core/logger";
import { listen } from "../listener";
import type { Certificates } from "./certificates";
import { handshakeAnswers } from "./choose-protocol";
import { handshakeOptions } from "./handshake";
import { nextTicketDay, ticketKey } from "./ticket-keys";

export interface SecureDoorOptions {
  host: string;
  port: number;
  /** A socket that is bound there already, if there is one. */
  fd?: number | undefined;
  certificates: Certificates;
  /** How long to wait for a port that another program holds. */
  patienceMs: number;
  /** Where the keys of session tickets lie. */
  ticketDirectory: string;
  /** For a handshake, in milliseconds. */
  handshakeMs: number;
  /** Takes a client whose handshake is done. */
  onConnection: (socket: TLSSocket) => void;
  log: Logger;
}

/** The door for https. It opens with the first certificate, or the first challenge: a platform without any needs no port for it. */
export class SecureDoor {
  readonly server: Server;
  readonly #options: SecureDoorOptions;
  #opening: Promise<void> | undefined;
  #rotation: NodeJS.Timeout | undefined;

  constructor(options: SecureDoorOptions) {
    const { certificates, handshakeMs, onConnection } = options;
    this.#options = options;
    this.server = createServer({
      ...handshakeOptions,
      ...handshakeAnswers(certificates),
      handshakeTimeout: handshakeMs,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
    });
    this.server.on("secureConnection", (socket) => {
      // An authority has seen what it wants to see.
      if (socket.alpnProtocol === challengeProtocol) socket.destroy();
      else onConnection(socket);
    });
    // A handshake that fails is the client's affair; without a listener nothing would end its socket.
    this.server.on("tlsClientError", (_error, socket) => socket.destroy());
  }

  /** Opens it if there is a certificate and it is not open yet; resolves when it is, or cannot be. */
  async openIfNeeded(): Promise<void> {
    if (!this.#options.certificates.any) return;
    this.#opening ??= this.#open();
    await this.#opening;
  }

  /** Ends what it does besides connections. */
  stop(): void {
    clearTimeout(this.#rotation);
  }

  async #open(): Promise<void> {
    const { host, port, fd, patienceMs, log } = this.#options;
    await this.#useTicketKey();
    const onHeld = () =>
      log.error({ port }, "PAAS_HTTPS_PORT is in use; https is not served before it is free");
    try {
      await listen(this.server, { host, port, fd, patienceMs, onHeld });
      log.info({ bind: host, port }, "serving https");
    } catch (error) {
      log.error({ port, reason: messageOf(error) }, "https is not served: the port cannot be opened");
    }
  }

  /** Without a key of the directory, the process has one of its own. */
  async #useTicketKey(): Promise<void> {
    const { ticketDirectory, log } = this.#options;
    try {
      this.server.setTicketKeys(await ticketKey(ticketDirectory, Date.now()));
    } catch (error) {
      log.warn({ reason: messageOf(error) }, "sessions cannot be resumed after a restart");
    }
    this.#rotation = setTimeout(
      () => void this.#useTicketKey(),
      nextTicketDay(Date.now()) - Date.now() + 1,
    ).unref();
  }
}
