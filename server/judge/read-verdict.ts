import { z } from "zod";
import type { PatchFile } from "@/lib/diff/patch-hunks";
import { type Criterion, MAX_SCORE } from "@/lib/judge/rubric";
import { citationProblem } from "@/lib/judge/verify-citation";
import { type JudgeSample, judgeVerdicts } from "@/lib/run/judge-events";
import { variationLetter } from "@/lib/run/select";
import { candidateLabel } from "./build-prompt";

/** What a sample was shown, in its order. */
export interface Shown {
  variation: number;
  files: readonly PatchFile[];
  leftOut: readonly string[];
}

const MAX_CLAIMS = 60;
const MAX_TEXT = 600;
const MAX_REASON = 1_500;

const label = z.string().max(40);
const answerSchema = z.object({
  verdict: z.enum(judgeVerdicts),
  preferred: z.array(label).max(10),
  reason: z.string(),
  scores: z.array(z.object({ candidate: label, criterion: z.string(), score: z.number().min(0).max(MAX_SCORE).nullable() })).max(200),
  claims: z
    .array(
      z.object({
        candidate: label,
        criterion: z.string(),
        stance: z.enum(["for", "against"]),
        text: z.string(),
        file: z.string(),
        line: z.int().min(0),
        end_line: z.int().min(0).nullish(),
      }),
    )
    .max(500),
});

/** A sample's answer in terms of variations, or what is wrong with it, to be told to the model. */
export function readVerdict(
  input: unknown,
  { sample, shown, rubric }: { sample: number; shown: readonly Shown[]; rubric: readonly Criterion[] },
): JudgeSample | { problem: string } {
  const parsed = answerSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `${issue?.path.join(".") || "the answer"}: ${issue?.message}` };
  }
  const { verdict, preferred, reason, scores, claims } = parsed.data;
  const places = new Map(shown.map((one, place) => [candidateLabel(place), one]));
  const named = [...new Set([...preferred, ...scores.map(({ candidate }) => candidate), ...claims.map(({ candidate }) => candidate)])];
  const stranger = named.find((name) => !places.has(name));
  if (stranger !== undefined) return { problem: `there is no ${stranger}: the candidates are ${[...places.keys()].join(", ")}` };
  const known = new Set(rubric.map(({ id }) => id));
  const unknown = [...scores, ...claims].find(({ criterion }) => !known.has(criterion));
  if (unknown !== undefined) return { problem: `there is no criterion ${unknown.criterion}: they are ${[...known].join(", ")}` };
  const chosen = [...new Set(preferred)];
  if (verdict === "winner" && chosen.length !== 1) return { problem: "preferred: a winner is one candidate" };
  if (verdict === "tie" && chosen.length < 2) return { problem: "preferred: name all candidates that tie" };
  const of = (name: string): Shown => places.get(name) as Shown;
  return {
    sample,
    verdict,
    preferred: verdict === "abstain" ? [] : chosen.map((name) => of(name).variation),
    reason: inLetters(reason, shown).slice(0, MAX_REASON),
    scores: [...new Map(scores.map((one) => [`${one.candidate} ${one.criterion}`, one])).values()].map(
      ({ candidate, criterion, score }) => ({
        variation: of(candidate).variation,
        criterion,
        score,
      }),
    ),
    claims: claims.slice(0, MAX_CLAIMS).map(({ candidate, criterion, stance, text, file, line, end_line: end }) => {
      const { variation, files, leftOut } = of(candidate);
      const place = { file: file.slice(0, 1_000), line, ...(end == null || end === line ? {} : { endLine: end }) };
      const problem = citationProblem(place, files, leftOut);
      const found = problem === undefined ? { verified: true } : { verified: false, problem };
      return { variation, criterion, stance, text: inLetters(text, shown).slice(0, MAX_TEXT), ...place, ...found };
    }),
  };
}

/** People know variations by their letters; labels mean something in one sample only. */
function inLetters(text: string, shown: readonly Shown[]): string {
  return text.replace(/\bcandidate[- ](\d)\b/gi, (whole, number: string) => {
    const one = shown[Number(number) - 1];
    return one === undefined ? whole : variationLetter(one.variation);
  });
}
