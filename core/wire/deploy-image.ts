import { z } from "zod";
import { noReleasePhase } from "./release";

/** An image by its name in a registry, or on the engine. */
export const deployImageSchema = z.strictObject({ image: z.string(), noReleasePhase });
