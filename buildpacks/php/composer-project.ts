import semver from "semver";
import { z } from "zod";
import type { SourceView } from "../buildpack";
import { parseJsonFile } from "../json-file";
import { type Constraint, unreadable } from "../runtime/offers";

const composerSchema = z.looseObject({
  require: z.record(z.string(), z.string()).optional(),
  scripts: z.looseObject({}).optional(),
});

export interface PhpProject {
  constraint: Constraint | null;
  /** Extensions beside those every PHP has. */
  extensions: string[];
  /** There is something for Composer to install or to map. */
  composer: boolean;
  /** Directory of the site; "." is the root. */
  webRoot: string;
  /** Every path that is no file goes to index.php. */
  front: boolean;
}

/** Part of every PHP of Debian's. */
const builtIn = new Set(
  "core ctype date dom exif fileinfo filter ftp gettext hash iconv json libxml openssl pcntl pcre pdo phar posix readline reflection session shmop simplexml sockets sodium spl standard sysvmsg sysvsem sysvshm tokenizer xmlreader xmlwriter xsl zend-opcache zlib opcache".split(
    " ",
  ),
);
/** Where the package has another name than the extension. */
const packageOf: Record<string, string> = {
  mysqli: "mysql",
  mysqlnd: "mysql",
  pdo_mysql: "mysql",
  pdo_pgsql: "pgsql",
  pdo_sqlite: "sqlite3",
};
/** What nearly every framework takes for granted. */
export const usualExtensions = ["curl", "mbstring", "xml"];

export function phpProject({ files, texts }: SourceView): PhpProject {
  const text = texts.get("composer.json");
  const required =
    text === undefined ? {} : (parseJsonFile("composer.json", text, composerSchema).require ?? {});
  const wanted = Object.keys(required).flatMap(
    (name) => /^ext-([\w-]+)$/.exec(name)?.[1]?.toLowerCase() ?? [],
  );
  const webRoot =
    ["public", "web", "public_html", "www"].find((name) => files.has(`${name}/index.php`)) ?? ".";
  return {
    constraint: constraintOf(required.php),
    extensions: [
      ...new Set([
        ...usualExtensions,
        ...wanted.filter((name) => !builtIn.has(name)).map((name) => packageOf[name] ?? name),
      ]),
    ].sort(),
    composer: text !== undefined,
    webRoot,
    front: files.has(webRoot === "." ? "index.php" : `${webRoot}/index.php`),
  };
}

function constraintOf(php: string | undefined): Constraint | null {
  if (php === undefined || php.trim() === "*") return null;
  // Composer's single bar is semver's double one, and its comma a space.
  const range = php
    .replace(/\s*\|\|?\s*/g, " || ")
    .replace(/,/g, " ")
    .replace(/@\w+/g, "");
  if (semver.validRange(range) === null) throw unreadable("composer.json: require.php", php, '"^8.2"');
  return { range, reason: `composer.json: php ${JSON.stringify(php)}` };
}
