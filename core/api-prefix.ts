/** Where the HTTP API is mounted (see wire.ts). */
export const apiPrefix = "/v1";
