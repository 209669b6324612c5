/** A fault that a person can mend: its text says what is wrong and what to run. Printed without a stack, exit 1. */
class SetupFault extends Error {}

/**
 * Runs a script's story and turns what goes wrong into an exit code: a SetupFault prints its text, anything else its stack.
 * @param {() => Promise<void>} story
 */
async function tell(story) {
  try {
    await story();
  } catch (error) {
    const text =
      error instanceof SetupFault ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`\n${text.replace(/^/gm, " !     ")}\n`);
    process.exitCode = 1;
  }
}

module.exports = { SetupFault, tell };
