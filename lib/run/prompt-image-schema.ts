import { z } from "zod";
import { promptImageTypes } from "./prompt-images";

/** A picture as the log knows it; its bytes are kept beside. */
export const promptImageSchema = z.object({ mediaType: z.enum(promptImageTypes), bytes: z.int().positive() });
export type PromptImage = z.infer<typeof promptImageSchema>;
