import { stripAnsi } from "@/lib/strip-ansi";

/** Text of agents, files and servers as a terminal may show it: nothing that moves the cursor, colours or turns the direction around. */
export function inert(text: string): string {
  return stripAnsi(text);
}

/** The same on one line. */
export function oneLine(text: string): string {
  return inert(text).replace(/\s+/g, " ").trim();
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** East Asian wide characters and emoji fill two columns (Unicode TR 11, in rough). */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|^[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\ufe0f/u;

/** Columns that inert text fills. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** At most `columns` wide, with an ellipsis where something is left out. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (textWidth(text) <= columns) return text;
  let kept = "";
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += WIDE.test(segment) ? 2 : 1;
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Filled up with spaces to `columns`; longer text stays as it is. */
export function padTo(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - textWidth(text)));
}

/** SGR codes of ECMA-48, by meaning. */
const codes = { bold: 1, dim: 2, good: 32, warn: 33, bad: 31, accent: 36 } as const;
export type Tone = keyof typeof codes;
export type Paint = (text: string, tone: Tone | undefined) => string;

/** Colours, or none. */
export function painter(colour: boolean): Paint {
  return (text, tone) => (colour && tone !== undefined && text !== "" ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text);
}
