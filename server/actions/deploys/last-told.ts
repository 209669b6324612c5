import { complaint } from "../../../core/transcript";

/** More than any reason is long. */
const maxLength = 16 * 1024;

/** The last of what somebody has read of a build: a fault that it ended with is not told to him again. */
export class LastTold {
  #text = "";

  hear(chunk: string): void {
    this.#text = (this.#text + chunk).slice(-maxLength);
  }

  endsWith(reason: string): boolean {
    return this.#text.endsWith(complaint(reason));
  }
}
