/** Who still sends from a buffer after it was handed over. */
export interface Holder {
  /** `free` is called when the last of it was sent; never for a connection that broke. */
  whenSent(free: () => void): void;
}
