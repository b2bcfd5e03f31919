import { z } from "zod";
import { landingKinds } from "./bounds";
import { failureSchema } from "./failures";

/** What a landing made, and how a person goes on from there. */
export const landingOutcomeSchema = z.object({
  /** The commit that was made: the variation's work on `parent`, by the user, the agents in its trailers. */
  commit: z.string(),
  /** The base, or the commit it had moved to. */
  parent: z.string(),
  /** Absent for changes that were left uncommitted in a checkout. */
  branch: z.string().optional(),
  /** For people: a folder, `acme/shop`, `the run's repository`. */
  place: z.string(),
  /** Of a pull request, or a page of the pushed branch. */
  url: z.string().optional(),
  /** The repository that was pushed to, so that a later landing knows which branches are its own. */
  remote: z.string().optional(),
  /** A command to type next. */
  next: z.string(),
  /** What else a person should know, one sentence each. */
  notes: z.array(z.string()),
});
export type LandingOutcome = z.infer<typeof landingOutcomeSchema>;

/** The life of a landing in the log. A landing belongs to the run, so the events carry no `variation` outside. */
export const landingEventSchemas = [
  z.object({
    type: z.literal("landing.started"),
    id: z.string(),
    kind: z.enum(landingKinds),
    /** The variation whose tree it is; absent where it is a composition's. */
    source: z.int().min(0).optional(),
    composition: z.int().min(1).optional(),
    /** SHA-256 of the request: the same key with another request is a mistake to be told. */
    requestHash: z.string(),
    by: z.string(),
  }),
  z.object({ type: z.literal("landing.finished"), id: z.string(), ...landingOutcomeSchema.shape }),
  z.object({ type: z.literal("landing.failed"), id: z.string(), failure: failureSchema }),
] as const;
