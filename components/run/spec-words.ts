import type { VariationSpec } from "@/lib/run/events";
import { modelLabel } from "@/lib/run/model-kind";

/** The agent's name for people. */
export function agentName({ agent }: Pick<VariationSpec, "agent">): string {
  return agent === "builtin" ? "Built-in" : agent;
}

/** The model's name for people; what is no real model says so. */
export function modelName({ model }: Pick<VariationSpec, "model">): string {
  return modelLabel(model);
}
