export interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
}

/** A promise and how to resolve it, as `Promise.withResolvers` of newer Node.js gives them. */
export function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
