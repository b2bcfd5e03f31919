/** Where a model's answers come from. Anything but a provider is a script, and every place that shows it says so. */
export const modelKinds = ["provider", "demo", "script"] as const;
export type ModelKind = (typeof modelKinds)[number];

const SCRIPT = "script:";

/** By model id: `demo`, `script:<name>`, or a provider's own id. */
export function modelKind(model: string): ModelKind {
  if (model === "demo") return "demo";
  return model.startsWith(SCRIPT) ? "script" : "provider";
}

/** The model's name for people, in panes, lists, commit trailers and reports; what is no real model says so. */
export function modelLabel(model: string): string {
  switch (modelKind(model)) {
    case "demo":
      return "demo model";
    case "script":
      return `script ${model.slice(SCRIPT.length)}`;
    case "provider":
      return model;
  }
}
