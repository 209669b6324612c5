import { listeningSockets } from "../../../server/engines/docker/listening-sockets";

const heading =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const row = (local: string, state: string) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0`;

test("listening sockets of both families, sorted by port, without the engine's name server", () => {
  const table = [
    heading,
    row("0100007F:0BB8", "0A"),
    row("0B00007F:9C41", "0A"),
    row("00000000:0050", "0A"),
    row("0100007F:1388", "01"),
    heading,
    row("00000000000000000000000000000000:1389", "0A"),
    row("00000000000000000000000001000000:138A", "0A"),
    row("0000000000000000FFFF00000100007F:138B", "0A"),
  ].join("\n");
  expect(listeningSockets(table)).toEqual([
    "0.0.0.0:80",
    "127.0.0.1:3000",
    "[::]:5001",
    "[::1]:5002",
    "127.0.0.1:5003",
  ]);
  expect(listeningSockets("")).toEqual([]);
});
