import type { Exposure } from "@/lib/protocol/environment";

/** Who sees a variable. */
export const exposureWords: Record<Exposure, string> = { setup: "set-up", agent: "agent", both: "set-up and agent" };
