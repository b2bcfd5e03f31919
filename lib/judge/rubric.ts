/** One thing that a judge looks at. */
export interface Criterion {
  /** Stable within a rubric: letters, digits, dashes. */
  id: string;
  name: string;
  /** What the judge is to ask itself. */
  question: string;
  /** How much it counts beside the others, 1 to 5. */
  weight: number;
}

export const MAX_CRITERIA = 8;
export const MAX_WEIGHT = 5;
export const MAX_CRITERION_NAME = 40;
export const MAX_CRITERION_QUESTION = 400;
export const MAX_SAMPLES = 7;
export const DEFAULT_SAMPLES = 3;
/** Scores go from 0 to this. */
export const MAX_SCORE = 10;

/** What a project that has set nothing is judged by. */
export const defaultRubric: readonly Criterion[] = [
  { id: "task", name: "Does what was asked", question: "Does the change do all of what the task asks for, and nothing else?", weight: 5 },
  { id: "correct", name: "Correct", question: "Does it handle edge cases and errors, and keep what callers rely on?", weight: 5 },
  { id: "tests", name: "Tests", question: "Do its tests cover the new behaviour, and would they fail without the change?", weight: 3 },
  { id: "fit", name: "Fits the code", question: "Does it follow the style and structure of the code around it?", weight: 2 },
  { id: "small", name: "Small and readable", question: "Is it as small as the task allows, and easy to review?", weight: 2 },
];
