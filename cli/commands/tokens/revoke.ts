import { defineCommand } from "../../command";
import { Progress } from "../../progress";

export const command = defineCommand({
  words: "ID",
  flags: {},
  async run(session, [id = ""]) {
    await Progress.of(session.world, `Revoking ${id}`, () =>
      session.api.delete(`/tokens/${encodeURIComponent(id)}`),
    );
  },
});
