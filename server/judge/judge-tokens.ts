import { randomBytes } from "node:crypto";
import { type AttemptGrant, JUDGE_VARIATION } from "../gateway/gateway";

/** Whose sample of which review a call belongs to. */
export type JudgeGrant = Omit<AttemptGrant, "caps" | "fallbacks" | "variation">;

/** The gateway knows callers by tokens: those of reviews live as long as their sample, and not beyond this process. */
export interface JudgeTokens {
  issue(grant: JudgeGrant): string;
  revoke(token: string): void;
  find(token: string): AttemptGrant | undefined;
}

/** See `JudgeTokens`. */
export function createJudgeTokens(): JudgeTokens {
  const known = new Map<string, AttemptGrant>();
  return {
    issue(grant) {
      const token = `judge-${randomBytes(24).toString("hex")}`;
      known.set(token, { ...grant, variation: JUDGE_VARIATION });
      return token;
    },
    revoke: (token) => void known.delete(token),
    find: (token) => known.get(token),
  };
}
