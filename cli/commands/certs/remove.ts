import { certificateHolder, holderFlags } from "../../certificate-holder";
import { defineCommand } from "../../command";
import { Progress } from "../../progress";

export const command = defineCommand({
  words: "ID",
  flags: holderFlags,
  async run(session, [id = ""], flags) {
    const { name, flag, path } = await certificateHolder(session, flags);
    await Progress.of(session.world, `Removing certificate ${id} from ${name}`, () =>
      session.api.delete(path(`/certificates/${encodeURIComponent(id)}`)),
    );
    session.note(`Its key is gone here. To undo, add it from your files: paas certs:add CHAIN KEY ${flag}`);
  },
});
