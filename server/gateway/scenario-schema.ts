import { z } from "zod";

const milliseconds = z.number().min(0).max(600_000);
const times = z.int().min(1).max(1_000_000);
const pattern = z.string().refine(isPattern, { error: "this is no regular expression: escape what is meant literally" });

/** Every condition that is given must hold. */
const conditionSchema = z.strictObject({
  /** Regular expression, case-insensitive, on the first message. */
  prompt: pattern.optional(),
  /** Regular expression, case-insensitive, on what the tools answered to the last turn. */
  result: pattern.optional(),
  /** A tool of the last turn failed, or none did. */
  failed: z.boolean().optional(),
  variations: z
    .array(z.enum(["A", "B", "C", "D", "E"]))
    .min(1)
    .optional(),
});
const common = { when: conditionSchema.optional() };
const rhythm = { chunk: z.int().min(1).default(12), delayMs: milliseconds.default(5), jitterMs: milliseconds.default(0) };
const call = { tool: z.string().min(1), input: z.record(z.string(), z.unknown()) };
const tokens = z.int().min(0).max(1_000_000_000).optional();
const stopReasons = ["end_turn", "tool_use", "max_tokens", "stop_sequence", "pause_turn", "refusal"] as const;

// Strict, so that a misspelt field is an error and not a step that does something else.
const schemas = {
  text: z.strictObject({ text: z.string(), ...rhythm, ...common }),
  thinking: z.strictObject({ thinking: z.string(), ...rhythm, ...common }),
  tool: z.strictObject({ ...call, ...rhythm, ...common }),
  tools: z.strictObject({ tools: z.array(z.strictObject(call)).min(1).max(50), ...rhythm, ...common }),
  repeat: z.strictObject({
    repeat: z.strictObject({ text: z.string(), times, from: z.int().default(1), delayMs: milliseconds.default(5) }),
    ...common,
  }),
  error: z.strictObject({
    error: z.strictObject({
      status: z.int().min(400).max(599),
      times: times.default(1),
      type: z.string().optional(),
      message: z.string().optional(),
      retryAfter: z.number().min(0).optional(),
      as: z.enum(["answer", "event"]).optional(),
    }),
    ...common,
  }),
  reset: z.strictObject({ reset: z.union([z.literal(true), z.strictObject({ times })]), ...common }),
  cut: z.strictObject({
    cut: z.union([z.literal(true), z.strictObject({ in: z.enum(["text", "thinking", "tool"]).default("text"), times: times.default(1) })]),
    ...common,
  }),
  malformed: z.strictObject({
    malformed: z.union([
      z.literal(true),
      z.strictObject({ tool: z.string().min(1).default("write"), json: z.string().optional(), times: times.default(1) }),
    ]),
    ...common,
  }),
  event: z.strictObject({ event: z.string().regex(/^[\w.-]+$/), data: z.record(z.string(), z.unknown()).default({}), ...common }),
  usage: z.strictObject({ usage: z.strictObject({ input: tokens, output: tokens, cacheRead: tokens, cacheWrite: tokens }), ...common }),
  stop: z.strictObject({ stop: z.enum(stopReasons), sequence: z.string().optional(), ...common }),
  hang: z.strictObject({ hang: z.union([z.literal(true), z.number().positive().max(3_600)]), ...common }),
  delayMs: z.strictObject({ delayMs: milliseconds, jitterMs: milliseconds.default(0), ...common }),
};

/** The names of all steps, in the order in which they are told apart: `delayMs` alone is a step, beside others it is their rhythm. */
export const stepNames = Object.keys(schemas) as (keyof typeof schemas)[];
export type Step = { [Name in keyof typeof schemas]: z.infer<(typeof schemas)[Name]> }[keyof typeof schemas];

const stepSchema = z.record(z.string(), z.unknown()).transform((value, context): Step => {
  const name = stepNames.find((each) => each in value);
  if (name === undefined) {
    const [first = "nothing"] = Object.keys(value);
    context.addIssue({
      code: "custom",
      message: `this is none of the known steps: it has \`${first}\`, and one of ${stepNames.join(", ")} is needed`,
    });
    return z.NEVER;
  }
  const parsed = schemas[name].safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: "custom", path, message });
  return z.NEVER;
});

const turnSchema = z.strictObject({
  /** The turn is given so often, one after the other. */
  times: z.int().min(1).max(1_000).default(1),
  steps: z.array(stepSchema).max(1_000),
});
const turns = z.array(turnSchema).max(1_000);
const turnsSchema = z.strictObject({
  turns,
  /** What answers the first message after the prompt, the second, and so on. */
  followUps: z.array(z.strictObject({ turns })).min(1).max(100).optional(),
});

/** A whole scenario file. */
export const scenarioSchema = z
  .strictObject({
    /** For people only. */
    description: z.string().optional(),
    /** Of all jitter; the same seed gives the same waits. */
    seed: z.int().default(1),
    variations: z.array(turnsSchema).max(5).default([]),
    default: turnsSchema.optional(),
  })
  .refine(({ variations, default: rest }) => variations.length > 0 || rest !== undefined, {
    error: "give `variations`, `default`, or both",
  });

export type Scenario = z.infer<typeof scenarioSchema>;
export type Condition = z.infer<typeof conditionSchema>;
export type StopReason = (typeof stopReasons)[number];

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "i");
    return true;
  } catch {
    return false;
  }
}
