import type { DrainPolicy } from "../../../core/drain";
import { formatDuration } from "../../../core/duration";
import type { DrainView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { appPath } from "../../session";
import { fields } from "../../table";

export const command = defineCommand({
  words: "[LIMIT]",
  flags: {
    ...appFlag,
    ...jsonFlag,
    websockets: { type: "string", about: "the limit for WebSockets and server-sent events, e.g. 10m" },
  },
  about:
    "An instance that is replaced gets no new requests, finishes those it has, and is told to end when there are none left or LIMIT (30s)\n" +
    "is over. WebSockets and server-sent events stay up to their own limit (5m) and are then closed by the router. No deploy waits for it.",
  async run(session, [requests], flags) {
    const app = await session.app();
    const path = appPath(app, "/drain");
    const change = { requests, streams: flags.websockets };
    const asked = requests === undefined && flags.websockets === undefined;
    const { previous, ...drain } = asked
      ? await session.api.get<DrainView>(path)
      : await session.api.patch<DrainView>(path, change);
    if (flags.json) session.printJson(drain);
    else
      session.print(
        ...fields([
          ["Requests", formatDuration(drain.requestsMs)],
          ["WebSockets and server-sent events", formatDuration(drain.streamsMs)],
        ]),
      );
    if (!asked) session.note(`To undo: paas ps:drain ${wordsOf(previous)} -a ${app}`);
  },
});

const wordsOf = ({ requestsMs, streamsMs }: DrainPolicy): string =>
  `${formatDuration(requestsMs)} --websockets ${formatDuration(streamsMs)}`;
