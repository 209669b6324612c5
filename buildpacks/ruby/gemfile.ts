import type { SourceView } from "../buildpack";
import { type Constraint, unreadable, versionRange } from "../runtime/offers";

/** What the source says about its gems. */
export interface RubyProject {
  constraint: Constraint | null;
  /** Names out of Gemfile and Gemfile.lock. */
  gems: ReadonlySet<string>;
  /** `BUNDLED WITH` of Gemfile.lock. */
  bundler: string | null;
  locked: boolean;
  /** Gems lie in the repository. */
  vendored: boolean;
}

/** They run programs of Node.js when assets are compiled. */
const assetGems = [
  "jsbundling-rails",
  "cssbundling-rails",
  "shakapacker",
  "vite_rails",
  "webpacker",
  "execjs",
];
export const assetGem = ({ gems }: RubyProject): string | undefined =>
  assetGems.find((name) => gems.has(name));

export const rubyReads = ["Gemfile", "Gemfile.lock", ".ruby-version", "config/application.rb"];

export function rubyProject({ files, texts }: SourceView): RubyProject {
  const gemfile = texts.get("Gemfile") ?? "";
  const lock = texts.get("Gemfile.lock") ?? "";
  const names = [
    ...[...gemfile.matchAll(/^\s*gem\s*\(?\s*["']([\w.-]+)["']/gm)].map((match) => match[1] ?? ""),
    ...[...lock.matchAll(/^ {4}([\w.-]+) \(/gm)].map((match) => match[1] ?? ""),
  ];
  return {
    constraint: constraintOf(gemfile, lock, texts.get(".ruby-version")),
    gems: new Set(names),
    bundler: /BUNDLED WITH\s+(\d+\.\d+\.\d+)/.exec(lock)?.[1] ?? null,
    locked: texts.has("Gemfile.lock"),
    vendored: [...files].some((path) => /^vendor\/cache\/[^/]+\.gem$/.test(path)),
  };
}

function constraintOf(gemfile: string, lock: string, file: string | undefined): Constraint | null {
  const written = /^\s*ruby\s+["']([^"']+)["']/m.exec(gemfile)?.[1];
  if (written !== undefined) return required("Gemfile: ruby", written);
  const locked = /RUBY VERSION\s+ruby (\d+\.\d+\.\d+)/.exec(lock)?.[1];
  if (locked !== undefined) return required("Gemfile.lock: ruby", locked);
  return file === undefined || file.trim() === ""
    ? null
    : required(".ruby-version", file.trim().replace(/^ruby-/, ""));
}

function required(place: string, text: string): Constraint {
  const range = gemRange(text);
  if (range === null) throw unreadable(place, text, '"3.1.2" or "~> 3.1"');
  return { range, reason: `${place} ${JSON.stringify(text)}` };
}

/** A requirement as RubyGems writes them (`~> 3.1`, `>= 3.0, < 4`) as a semver range; null when it is none. */
export function gemRange(text: string): string | null {
  const ranges = text.split(",").map((part) => {
    const [, operator = "=", version = ""] =
      /^\s*(~>|>=|<=|=|<|>)?\s*(\d+(?:\.\d+){0,2})\s*$/.exec(part) ?? [];
    if (version === "") return null;
    if (operator === "=") return versionRange(version);
    if (operator !== "~>") return `${operator}${version}`;
    const above = version.split(".").slice(0, -1).map(Number);
    above.push((above.pop() ?? Number(version)) + 1);
    return `>=${version} <${above.join(".")}`;
  });
  return ranges.includes(null) ? null : ranges.join(" ");
}
