import { z } from "zod";

const days = z.number().min(0).max(3_650);

/** How long what nobody needs is kept, in days. Both times follow each other: a kept tree is gone after their sum. */
export const retentionSchema = z.object({
  /** A tree with work that could not be saved, counted from its attempt's end; then it goes to the trash. */
  keptTreesDays: days.default(14),
  /** Anything in the trash, counted from when it was put there; then it is deleted. */
  trashDays: days.default(3),
});
export type Retention = z.infer<typeof retentionSchema>;
