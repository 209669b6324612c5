import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, createReadStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { newId } from "../../core/id";

const fixtures = join(__dirname, "../fixtures/buildpacks");

/** What opens the addresses under `/private/`: as the password of `deploy`, or as `token` of a query. */
export const privateToken = `open-${newId()}`;
const basic = `Basic ${Buffer.from(`deploy:${privateToken}`).toString("base64")}`;

/** Gives buildpacks to builds as git repositories and as tarballs, at an address of this host that builds reach. */
export class BuildpackServer {
  readonly #directory = mkdtempSync(join(tmpdir(), "paas-buildpacks-"));
  #server!: Server;
  origin = "";

  static async open(): Promise<BuildpackServer> {
    const server = new BuildpackServer();
    server.#server = createServer((request, response) => {
      const { pathname, search } = new URL(request.url ?? "/", "http://x");
      const path = join(server.#directory, normalize(pathname.replace(/^\/private\//, "/")));
      const known = request.headers.authorization === basic || search === `?token=${privateToken}`;
      if (pathname.startsWith("/private/") && !known)
        response.writeHead(401, { "www-authenticate": "Basic" }).end();
      else if (!existsSync(path) || !statSync(path).isFile()) response.writeHead(404).end();
      else createReadStream(path).pipe(response);
    });
    const gateway = bridgeGateway();
    server.#server.listen(0, gateway);
    await once(server.#server, "listening");
    server.origin = `http://${gateway}:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  /** A fixture as a git repository with the branch `main` and the tag `v1`; resolves to its address. */
  git(name: string): string {
    const work = join(this.#directory, "work", name);
    const bare = join(this.#directory, `${name}.git`);
    cpSync(join(fixtures, name), work, { recursive: true });
    const git = (...args: string[]) => execFileSync("git", ["-C", work, ...args], { env: environment });
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-q", "-m", name);
    git("tag", "v1");
    execFileSync("git", ["clone", "-q", "--bare", work, bare], { env: environment });
    execFileSync("git", ["-C", bare, "update-server-info"], { env: environment });
    return `${this.origin}/${name}.git`;
  }

  /** A fixture as a tarball with one directory around it. */
  tarball(name: string): string {
    execFileSync("tar", ["-czf", join(this.#directory, `${name}.tgz`), "-C", fixtures, name]);
    return `${this.origin}/${name}.tgz`;
  }

  /** A fixture as a directory, or what `git` made of it as a bare repository, in a directory of this machine. */
  putInto(directory: string, name: string, bare: boolean): void {
    const [from, to] = bare
      ? [join(this.#directory, `${name}.git`), `${name}.git`]
      : [join(fixtures, name), name];
    cpSync(from, join(directory, to), { recursive: true });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const environment = {
  PATH: process.env.PATH ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@localhost",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@localhost",
};

/** Where containers of the engine's default bridge find this host. */
function bridgeGateway(): string {
  const format = "{{(index .IPAM.Config 0).Gateway}}";
  const inspect = ["network", "inspect", "bridge", "--format", format];
  return execFileSync("docker", inspect, { encoding: "utf8" }).trim();
}
