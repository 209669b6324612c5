/** What packages of languages that bind to a C library want of Debian: to compile, and to run. */
const libraries: Record<string, { build: string[]; run: string[] }> = {
  postgres: { build: ["libpq-dev"], run: ["libpq5"] },
  mysql: { build: ["default-libmysqlclient-dev"], run: ["libmariadb3"] },
  sqlite: { build: ["libsqlite3-dev"], run: ["libsqlite3-0"] },
  image: { build: ["libmagickwand-dev"], run: ["libmagickwand-6.q16-6"] },
  vips: { build: ["libvips-dev"], run: ["libvips42"] },
};
const bindings: Record<string, keyof typeof libraries> = {
  pg: "postgres",
  psycopg2: "postgres",
  psycopg: "postgres",
  mysql2: "mysql",
  mysqlclient: "mysql",
  sqlite3: "sqlite",
  rmagick: "image",
  "ruby-vips": "vips",
  pyvips: "vips",
};

/** Debian packages for those dependencies that are known to bind to a library. */
export function nativeLibraries(dependencies: ReadonlySet<string>): { build: string[]; run: string[] } {
  const wanted = new Set([...dependencies].flatMap((name) => bindings[name] ?? []));
  const found = [...wanted].sort().flatMap((name) => libraries[name] ?? []);
  return { build: found.flatMap(({ build }) => build), run: found.flatMap(({ run }) => run) };
}
