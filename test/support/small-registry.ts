import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";

/** A registry of one image, as far as an engine needs one to pull it; on 127.0.0.1, where engines want no TLS. */
export class SmallRegistry {
  readonly #server: Server;
  readonly #blobs = new Map<string, Buffer>();
  readonly #manifest: Buffer;

  private constructor(image: string) {
    const directory = mkdtempSync(join(tmpdir(), "paas-registry-"));
    try {
      execFileSync("sh", ["-c", `docker save ${image} | tar -x -C ${directory}`]);
      const read = (name: string): Buffer => readFileSync(join(directory, name));
      const [saved] = JSON.parse(read("manifest.json").toString()) as { Config: string; Layers: string[] }[];
      if (!saved) throw new Error(`${image} could not be saved.`);
      const manifest = {
        schemaVersion: 2,
        mediaType: manifestType,
        config: this.#add("application/vnd.docker.container.image.v1+json", read(saved.Config)),
        layers: saved.Layers.map((name) =>
          this.#add("application/vnd.docker.image.rootfs.diff.tar", read(name)),
        ),
      };
      this.#manifest = Buffer.from(JSON.stringify(manifest));
    } finally {
      rmSync(directory, { recursive: true });
    }
    this.#server = createServer((request, response) => {
      const [, kind = "", digest = ""] = /^\/v2\/.+\/(manifests|blobs)\/(.+)$/.exec(request.url ?? "") ?? [];
      const body = kind === "manifests" ? this.#manifest : this.#blobs.get(digest);
      if (kind !== "" && body === undefined) return void response.writeHead(404).end();
      const type = kind === "manifests" ? manifestType : "application/octet-stream";
      response.writeHead(200, { "Content-Type": type, "Content-Length": body?.length ?? 0 });
      response.end(request.method === "HEAD" ? undefined : body);
    });
  }

  /** Serves what an image of the engine is now. */
  static async of(image: string): Promise<SmallRegistry> {
    const registry = new SmallRegistry(image);
    registry.#server.listen(0, "127.0.0.1");
    await once(registry.#server, "listening");
    return registry;
  }

  /** The image's name here. */
  get ref(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}/elsewhere:1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #add(mediaType: string, content: Buffer): { mediaType: string; size: number; digest: string } {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    this.#blobs.set(digest, content);
    return { mediaType, size: content.length, digest };
  }
}
