import { appFlag, defineCommand } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "ID",
  flags: appFlag,
  async run(session, [id = ""]) {
    const app = await session.app();
    const path = appPath(app, `/certificates/${encodeURIComponent(id)}`);
    await Progress.of(session.world, `Removing certificate ${id} from ${app}`, () =>
      session.api.delete(path),
    );
    session.note(`Its key is gone here. To undo, add it from your files: paas certs:add CHAIN KEY -a ${app}`);
  },
});
