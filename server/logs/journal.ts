import { type FileHandle, mkdir, open, readFile, rm, stat, truncate } from "node:fs/promises";
import { messageOf, PaasError } from "../../core/error";
import { applyPositions, type Positions, readMarkers, renderMarker } from "./marker";
import { type LogPlace, type LogSize, listSegments, segmentFile } from "./segment";

interface Waiting {
  text: string;
  positions: Positions;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * The one writer of an app's log.
 * INVARIANTS: up to `end` everything is whole batches; readers never look past it; a batch is visible to them only when it is written.
 * `kill -9` leaves at most one torn batch, which `openJournal` cuts off. Only a change of segments waits for the disk: a power failure may
 * cost the last seconds, lines and positions alike.
 */
export class Journal {
  readonly #folder: string;
  readonly #size: LogSize;
  readonly #held: Map<string, string>;
  #end: LogPlace;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #removed = false;
  readonly #watchers = new Set<() => void>();

  constructor(folder: string, size: LogSize, end: LogPlace, held: Map<string, string>) {
    this.#folder = folder;
    this.#size = size;
    this.#end = end;
    this.#held = held;
  }

  get folder(): string {
    return this.#folder;
  }
  get end(): LogPlace {
    return this.#end;
  }
  get removed(): boolean {
    return this.#removed;
  }
  /** How far each source has been read. */
  get positions(): ReadonlyMap<string, string> {
    return this.#held;
  }

  /** Writes text (whole lines, or nothing) and positions as one batch. Throws `unavailable` when the disk refuses; then neither was kept. */
  append(text: string, positions: Positions): Promise<void> {
    if (this.#removed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, positions, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Calls back after each batch and after removal, until the returned function is called. */
  watch(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  /** Deletes the log; readers end, and what late sources still append is dropped. */
  async remove(): Promise<void> {
    this.#removed = true;
    await this.#writing;
    await rm(this.#folder, { recursive: true, force: true });
    this.#notify();
  }

  async #writeAll(): Promise<void> {
    // The first batch waits one turn, so that lines appended together are written together.
    await Promise.resolve();
    let file: FileHandle | null = null;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      file = await this.#writeBatch(batch, file);
    }
    // In the same turn as the look at what waits: whoever comes while the file closes starts the next round.
    this.#writing = null;
    await closeWritten(file);
  }

  /** Never throws: the batch's appends learn of a failure. Returns the file to go on with. */
  async #writeBatch(batch: Waiting[], current: FileHandle | null): Promise<FileHandle | null> {
    let file = current;
    try {
      const positions: Positions = Object.fromEntries(batch.flatMap((one) => Object.entries(one.positions)));
      file = await this.#fileForNext(file);
      const text = batch.map((one) => one.text).join("") + renderMarker(positions);
      await this.#write(
        file,
        this.#end.offset === 0 ? renderMarker(Object.fromEntries(this.#held)) + text : text,
      );
      applyPositions(this.#held, positions);
      for (const one of batch) one.resolve();
      this.#notify();
      return file;
    } catch (cause) {
      const error = new PaasError("unavailable", `The app's log cannot be written: ${messageOf(cause)}`, {
        cause,
      });
      for (const one of batch) one.reject(error);
      await closeWritten(file);
      return null;
    }
  }

  async #write(file: FileHandle, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await file.write(bytes, done, bytes.length - done, this.#end.offset + done)).bytesWritten;
      }
    } catch (error) {
      await file.truncate(this.#end.offset);
      throw error;
    }
    this.#end = { segment: this.#end.segment, offset: this.#end.offset + bytes.length };
  }

  async #fileForNext(current: FileHandle | null): Promise<FileHandle> {
    const full = this.#end.offset >= this.#size.segmentBytes;
    if (current && !full) return current;
    if (full) {
      const finished = current ?? (await open(segmentFile(this.#folder, this.#end.segment), "r+"));
      await finished.datasync().finally(() => finished.close());
      this.#end = { segment: this.#end.segment + 1, offset: 0 };
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = await open(
      segmentFile(this.#folder, this.#end.segment),
      this.#end.offset === 0 ? "w" : "r+",
      0o600,
    );
    if (full) await this.#dropOldSegments();
    return file;
  }

  async #dropOldSegments(): Promise<void> {
    const segments = await listSegments(this.#folder);
    for (const segment of segments.slice(0, -this.#size.keptSegments))
      await rm(segmentFile(this.#folder, segment), { force: true });
  }

  #notify(): void {
    for (const callback of [...this.#watchers]) callback();
  }
}

/** A file that does not close cleanly changes nothing: what became of each write was told when it was made. */
const closeWritten = async (file: FileHandle | null): Promise<void> => file?.close().catch(() => undefined);

/** Opens an app's log and repairs what a dead server left: a torn batch is cut off, a segment without any whole batch goes. */
export async function openJournal(folder: string, size: LogSize): Promise<Journal> {
  const segments = await listSegments(folder);
  for (const segment of segments.reverse()) {
    const file = segmentFile(folder, segment);
    const { end, positions } = readMarkers(await readFile(file));
    if (end === 0) await rm(file, { force: true });
    else {
      if ((await stat(file)).size > end) await truncate(file, end);
      return new Journal(folder, size, { segment, offset: end }, positions);
    }
  }
  return new Journal(folder, size, { segment: 1, offset: 0 }, new Map());
}
