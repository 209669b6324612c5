import { batchedOutput } from "../../../../builder/queue/output";

it("sends all of it in order, then the end", async () => {
  const sent: string[] = [];
  const output = batchedOutput(async (field, value) => {
    sent.push(field === "end" ? "END" : value);
  });
  output.write("a\n");
  output.write("b\n");
  await output.end();
  expect(sent).toEqual(["a\nb\n", "END"]);
});

it("stops at 10 MB with a line that says so", async () => {
  let bytes = 0;
  let last = "";
  const output = batchedOutput(async (field, value) => {
    if (field === "text") {
      bytes += value.length;
      last = value;
    }
  });
  for (let at = 0; at < 12; at += 1) output.write("x".repeat(2 ** 20));
  await output.end();
  expect(bytes).toBeLessThanOrEqual(10 * 2 ** 20 + 100);
  expect(last).toMatch(/over 10 MB: the rest is not shown/);
});

it("tells at the end that something was not taken", async () => {
  const output = batchedOutput(() => Promise.reject(new Error("full")));
  output.write("a");
  await expect(output.end()).rejects.toThrow("full");
});
