import { certificateOwner, ownerFlags } from "../../certificate-owner";
import { defineCommand } from "../../command";
import { Progress } from "../../progress";

export const command = defineCommand({
  words: "ID",
  flags: ownerFlags,
  async run(session, [id = ""], flags) {
    const { name, path, flag } = await certificateOwner(session, flags);
    await Progress.of(session.world, `Removing certificate ${id} from ${name}`, () =>
      session.api.delete(`${path}/${encodeURIComponent(id)}`),
    );
    session.note(`Its key is gone here. To undo, add it from your files: paas certs:add CHAIN KEY ${flag}`);
  },
});
