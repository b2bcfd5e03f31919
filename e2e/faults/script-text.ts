import { fileURLToPath } from "node:url";
import { fillIn, readScenario, stepsOf } from "@/server/gateway/scenario";

export const scriptsDir = fileURLToPath(new URL("../scripts", import.meta.url));

/** Everything that a variation of `script:<name>` says, in order; undefined where the script plays errors or the model is another. */
export async function scriptText(model: string, variation: number): Promise<string | undefined> {
  const [kind, name = ""] = model.split(":");
  // What it says holds secrets, which the log must not.
  if (kind !== "script" || name.startsWith("hostile-")) return undefined;
  const scenario = await readScenario(scriptsDir, name);
  let text = "";
  for (let turn = 0; ; turn += 1) {
    const steps = stepsOf(scenario, variation, turn);
    if (steps === undefined) return text;
    for (const step of steps) {
      if ("error" in step || "cut" in step || "malformed" in step || "hang" in step) return undefined;
      if ("text" in step) text += fillIn(step.text, variation);
      if ("repeat" in step) {
        const { text: part, times, from } = step.repeat;
        for (let n = from; n < from + times; n += 1) text += fillIn(part, variation).replaceAll("{n}", String(n));
      }
    }
  }
}
