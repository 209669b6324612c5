import { openDatabase } from "../../server/store/database";

/** Makes an empty database beside the one of a URL; returns its URL. */
export async function newDatabase(url: string, name: string): Promise<string> {
  const database = openDatabase(url, (error) => process.emitWarning(error.message));
  try {
    await database.query(`create database ${name}`);
  } finally {
    await database.close();
  }
  // Text in, text out: the URL of a socket has no host, which `URL` refuses.
  return url.replace(/\/[^/?@]+(?=\?|$)/, `/${name}`);
}
