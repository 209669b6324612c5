import { complaint } from "../../../core/transcript";
import { LastTold } from "../../../server/actions/deploys/last-told";
import { buildEnd } from "../../../server/actions/deploys/narrate-deploy";

const reason = "Nothing here says how to build this app.\nLooked at the root for:\n  Dockerfile";

test("a fault that the output ends with is not told again, in whatever pieces it came", () => {
  const told = new LastTold();
  for (const piece of ["-----> Building\n", ...complaint(reason)]) told.hear(piece);
  expect(buildEnd("failed", reason, told)).toBe(" !     Build failed\n");
});

test("a fault that nobody has told yet, as of a builder that died, is told", () => {
  const told = new LastTold();
  told.hear(complaint("Something else"));
  expect(buildEnd("failed", "the builder died twice", told)).toBe(
    " !     Build failed: the builder died twice\n",
  );
});

test("who cancels says so", () => {
  expect(buildEnd("cancelled", "cancelled by ann", new LastTold())).toBe(" !     Build cancelled by ann\n");
});
