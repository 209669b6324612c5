import type { SecureContextOptions } from "node:tls";

/**
 * TLS 1.2 and 1.3, forward secrecy and authenticated encryption only: Mozilla's "intermediate" without finite-field Diffie-Hellman.
 * Clients choose the cipher, since they know whether they have AES in hardware.
 */
export const handshakeOptions = {
  minVersion: "TLSv1.2",
  ciphers: [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
  ].join(":"),
  ecdhCurve: "X25519:prime256v1:secp384r1",
  honorCipherOrder: false,
} as const satisfies SecureContextOptions;
