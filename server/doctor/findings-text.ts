import type { Finding } from "./finding";

const marks: Record<Finding["state"], string> = { ok: "✓", poor: "!", wrong: "✗" };
/** SGR codes of a terminal: green, yellow, red. */
const colours: Record<Finding["state"], number> = { ok: 32, poor: 33, wrong: 31 };
const NAME_WIDTH = 22;

/** For a terminal: one line per finding below its area, remedies indented, and a sum. `colour`: with ANSI colours. */
export function findingsText(findings: readonly Finding[], colour: boolean): string {
  const paint = (text: string, code: number): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const areas = [...new Set(findings.map(({ area }) => area))];
  const parts = areas.map((area) => {
    const rows = findings
      .filter((finding) => finding.area === area)
      .map(({ name, state, found, remedy }) => {
        const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`.padEnd(NAME_WIDTH);
        const advice = remedy === undefined || state === "ok" ? "" : `\n    ${" ".repeat(NAME_WIDTH)}→ ${remedy}`;
        return `  ${paint(marks[state], colours[state])} ${title} ${found}${advice}`;
      });
    return [area, ...rows].join("\n");
  });
  return `${parts.join("\n\n")}\n\n${sum(findings)}\n`;
}

function sum(findings: readonly Finding[]): string {
  const wrong = findings.filter(({ state }) => state === "wrong").length;
  const poor = findings.filter(({ state }) => state === "poor").length;
  if (wrong > 0) return `${wrong === 1 ? "One thing keeps" : `${wrong} things keep`} the server from its work.`;
  return poor === 0 ? "Everything is in order." : `It works; ${poor === 1 ? "one thing" : `${poor} things`} could be better.`;
}
