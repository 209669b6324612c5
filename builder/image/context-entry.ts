/** A file, directory or symbolic link that a build may copy. */
export interface ContextEntry {
  /** Relative, with single slashes and none at the end. */
  path: string;
  type: "file" | "directory" | "symlink";
  /** Permission bits. */
  mode: number;
  mtimeMs: number;
  /** Where a link leads; "" for others. */
  linkname: string;
  /** In bytes; 0 but for files. */
  size: number;
  /** A file's bytes, from its beginning; throws a PaasError when they cannot be read. */
  content(): AsyncIterable<Uint8Array>;
}
