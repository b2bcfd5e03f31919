/** Escape sequences of a terminal: OSC (to its end, or cut off), CSI, two-character ones, and one that is still arriving. */
const ESCAPES = new RegExp(
  ["\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\|$)", "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*(?:[@-~]|$)", "\\u001b[ -/]*[0-~]?"].join(
    "|",
  ),
  "g",
);
/** What is left of control characters, but for tab and newline; and marks that turn the direction of text around. */
const CONTROLS = new RegExp("[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]", "g");

/** What a terminal would leave standing, as plain text: no colours, no cursor, a line that was drawn over is its last version. */
export function stripAnsi(text: string): string {
  const lines = text.replace(ESCAPES, "").replaceAll("\r\n", "\n");
  const settled = lines.includes("\r") ? lines.split("\n").map(lastDrawn).join("\n") : lines;
  return settled.replace(CONTROLS, "");
}

function lastDrawn(line: string): string {
  const drawn = line.split("\r").filter((part) => part !== "");
  return drawn.at(-1) ?? "";
}
