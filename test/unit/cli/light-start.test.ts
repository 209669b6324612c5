import { commandNames } from "../../../cli/catalogue";

/** The platform's own machine is examined with the platform's own settings, which are checked. */
const heavy = new Set(["doctor"]);

test.each(commandNames.filter((name) => !heavy.has(name)))(
  "%s starts without the library that checks input, which would double the time it takes",
  (name) => {
    jest.isolateModules(() => {
      jest.doMock("zod", () => {
        throw new Error("zod is loaded");
      });
      const { loadCommand } = require("../../../cli/command") as typeof import("../../../cli/command");
      expect(() => loadCommand(name)).not.toThrow();
    });
  },
);
