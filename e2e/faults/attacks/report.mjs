// What the hostile agent's programs share. Every attack says how it went, in a line of its own: `@@ name refused|breached|done detail`.
import { readFileSync } from "node:fs";

/** What the harness planted outside: paths, ports and numbers, never a secret itself. */
export const targets = JSON.parse(readFileSync(new URL("targets.json", import.meta.url), "utf8"));

/** `reach` throws, or answers undefined, where it was refused; what it answers otherwise is what it got hold of. */
export async function attack(name, reach) {
  let outcome = "refused";
  let detail = "";
  try {
    const got = await reach();
    if (got !== undefined && got !== false) {
      outcome = "breached";
      detail = String(got);
    }
  } catch (error) {
    detail = error.code ?? error.message;
  }
  say(name, outcome, detail);
}

/** For what may be done, since it harms nobody but its author: whether that holds is seen from outside. */
export async function mischief(name, act) {
  try {
    say(name, "done", (await act()) ?? "");
  } catch (error) {
    say(name, "done", `not possible: ${error.code ?? error.message}`);
  }
}

function say(name, outcome, detail) {
  process.stdout.write(
    `\n@@ ${name} ${outcome} ${String(detail)
      .replace(/[^\x20-\x7e]/g, "?")
      .slice(0, 200)}\n`,
  );
}
