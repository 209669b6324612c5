import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { baseImage } from "./base-image";
import type { TestPlatform } from "./platform";
import { type ProgramResult, runProgram } from "./run-program";

/** A developer's working copy with the remote `paas`, driven by the real git. */
export class Project {
  private constructor(
    readonly platform: TestPlatform,
    readonly app: string,
    readonly dir: string,
  ) {}

  /** Creates the app and an empty repository for it. */
  static async create(platform: TestPlatform, app: string): Promise<Project> {
    const dir = join(platform.home, `${app}-project`);
    mkdirSync(dir);
    const project = new Project(platform, app, dir);
    await project.git("init", "--quiet", "--initial-branch=main");
    await project.paas("create", app);
    return project;
  }

  /** Another working copy of the same app, cloned from the platform over HTTP. */
  static async clone(of: Project, name: string, ...options: string[]): Promise<Project> {
    const dir = join(of.platform.home, name);
    const store = (await of.git("config", "--get-regexp", "credential")).stdout;
    const [, key = "", helper = ""] = /^(credential\.\S+\.helper) (store .*)$/m.exec(store) ?? [];
    const url = (await of.git("remote", "get-url", "paas")).stdout.trim();
    await of.git("-c", `${key}=${helper}`, "clone", "--quiet", "--origin=paas", ...options, url, dir);
    const project = new Project(of.platform, of.app, dir);
    await project.git("config", key, helper);
    return project;
  }

  /** Writes files (a null removes one) and commits them; returns the commit. */
  async commit(files: Record<string, string | null>, message = "change"): Promise<string> {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.dir, name);
      mkdirSync(dirname(file), { recursive: true });
      if (content === null) rmSync(file);
      else writeFileSync(file, content);
    }
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--allow-empty", `--message=${message}`);
    return (await this.git("rev-parse", "HEAD")).stdout.trim();
  }

  /** `git push paas <words>`; succeeds or not as git says. */
  push(...words: string[]): Promise<ProgramResult> {
    return this.run("git", ["push", "paas", ...words]);
  }

  /** The same, with what it says on stderr as it comes. */
  pushAloud(onStderr: (chunk: string) => void, ...words: string[]): Promise<ProgramResult> {
    return this.run("git", ["push", "paas", ...words], onStderr);
  }

  /** Runs git; throws with its words when it fails. */
  async git(...words: string[]): Promise<ProgramResult> {
    return orThrow(`git ${words.join(" ")}`, await this.run("git", words));
  }

  /** Runs paas in the working copy; throws with its words when it fails. */
  async paas(...words: string[]): Promise<ProgramResult> {
    return orThrow(`paas ${words.join(" ")}`, await this.platform.cli(words, { cwd: this.dir }));
  }

  /** The commit that the server's branch points to; empty when there is none. */
  async remoteTip(branch = "main"): Promise<string> {
    const { stdout } = await this.git("ls-remote", "paas", `refs/heads/${branch}`);
    return stdout.split("\t")[0] ?? "";
  }

  /** What the app answers through the router. */
  async page(path = "/"): Promise<{ status: number; body: string }> {
    return this.platform.fetch(`${this.app}.localhost`, path);
  }

  run(command: string, words: string[], onStderr?: (chunk: string) => void): Promise<ProgramResult> {
    const identity = { name: "Test", email: "test@example.org" };
    return runProgram(command, words, {
      cwd: this.dir,
      ...(onStderr ? { onStderr } : {}),
      env: {
        ...this.platform.env,
        GIT_AUTHOR_NAME: identity.name,
        GIT_AUTHOR_EMAIL: identity.email,
        GIT_COMMITTER_NAME: identity.name,
        GIT_COMMITTER_EMAIL: identity.email,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
      },
    });
  }
}

function orThrow(what: string, result: ProgramResult): ProgramResult {
  if (result.exitCode !== 0)
    throw new Error(`${what}: exit code ${result.exitCode}\n${result.stdout}${result.stderr}`);
  return result;
}

/**
 * A Dockerfile app that needs nothing but the stack: a small HTTP server in Perl. `/` answers the message, `/env/NAME` a variable,
 * `/slow/N` after N seconds.
 */
export async function dockerApp(message: string): Promise<Record<string, string>> {
  return {
    Dockerfile: `FROM ${await baseImage()}\nCOPY server.pl message /app/\nWORKDIR /app\nCMD ["perl", "server.pl"]\n`,
    "server.pl": perlServer,
    message,
  };
}

const perlServer = `use strict; use warnings; use IO::Socket::INET;
$SIG{CHLD} = "IGNORE"; $SIG{TERM} = sub { exit 0 }; $| = 1;
open my $file, "<", "message" or die; my $message = join "", <$file>;
my $server = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1) or die "listen: $!";
print "listening on $ENV{PORT}\\n";
while (1) {
  my $client = $server->accept or next;
  next if fork;
  my $head = ""; while (my $line = <$client>) { $head .= $line; last if $line =~ /^\\r?\\n$/ }
  my ($path) = $head =~ m{^\\w+ (\\S+)};
  my $body = $message;
  $body = $ENV{$1} // "" if $path =~ m{^/env/(\\w+)};
  sleep $1 if $path =~ m{^/slow/(\\d+)};
  print "got $path\\n";
  print $client "HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nConnection: close\\r\\nContent-Length: " . length($body) . "\\r\\n\\r\\n" . $body;
  close $client; exit 0;
}
`;
