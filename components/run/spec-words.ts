import type { VariationSpec } from "@/lib/run/events";

/** The agent's name for people. */
export function agentName({ agent }: Pick<VariationSpec, "agent">): string {
  return agent === "builtin" ? "Built-in" : agent;
}

/** The model's name for people; what is no real model says so. */
export function modelName({ model }: Pick<VariationSpec, "model">): string {
  if (model === "demo") return "demo model";
  if (model.startsWith("script:")) return `script ${model.slice("script:".length)}`;
  return model;
}
