import { ApiError } from "./api-error";
import type { CapReached } from "./budget-ledger";
import type { AttemptGrant } from "./gateway";

const TYPE = "budget_exceeded";
const dollars = (amount: number): string => `$${amount >= 0.01 || amount === 0 ? amount.toFixed(2) : amount.toFixed(6)}`;

/** 402 that names the cap, what is used of it, and what to do. */
export function budgetRefusal({ spender, cap, spent, needed }: CapReached): ApiError {
  const used = `${dollars(spent)} of ${dollars(cap)} are used, and the next call may cost ${dollars(needed)} or more`;
  switch (spender.kind) {
    case "variation":
      return new ApiError(
        402,
        TYPE,
        `The dollar limit of this variation is reached: ${used}. Start it again with a higher limits.dollars, or a cheaper model.`,
      );
    case "run":
      return new ApiError(
        402,
        TYPE,
        `The dollar cap of the run is reached: ${used}. Start it again with a higher max_dollars, fewer variations, or a cheaper model.`,
      );
    case "project":
      return new ApiError(
        402,
        TYPE,
        `The project's budget for ${spender.month} is reached: ${used}. Raise its monthly_dollars (PATCH /api/v1/projects/${spender.projectId}), or wait for the next month.`,
      );
  }
}

/** A cap in dollars cannot be kept where nobody knows the price. */
export function unpricedRefusal(model: string, { caps = {} }: AttemptGrant): ApiError {
  const whose =
    caps.variation !== undefined ? "limit of this variation" : caps.run !== undefined ? "cap of the run" : "monthly budget of the project";
  return new ApiError(
    402,
    TYPE,
    `No price is known for ${model}, so the ${whose} in dollars cannot be kept. Set a price (PUT /api/v1/settings/prices), or run without a dollar cap.`,
  );
}
