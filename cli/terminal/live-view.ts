import type { RunState } from "@/lib/run/state";
import type { Console } from "../console";
import { drawLanes } from "./lanes";
import { painter, textWidth } from "./text";

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
/** Column 1, so many lines up, and everything from there on erased (ECMA-48 CHA, CUU, ED). */
const back = (lines: number): string => `\r${lines > 0 ? `\u001b[${lines}A` : ""}\u001b[0J`;
const STYLES = new RegExp("\\u001b\\[[0-9;]*m", "g");

/** A run in a terminal, redrawn in place. */
export interface LiveView {
  show(run: RunState): void;
  setFooter(text: string): void;
  /** Draws once more, leaves the lanes standing and gives the cursor back. Can be repeated. */
  close(): void;
}

/** Draws at once, with every `show`, every second (time passes) and when the terminal changes its size. */
export function openLiveView(terminal: Console, now: () => number = Date.now): LiveView {
  const paint = painter(terminal.colour);
  let run: RunState | undefined;
  let footer = "";
  let drawn: string[] = [];
  let closed = false;

  function draw(): void {
    if (closed || run === undefined || run.variations.length === 0) return;
    const columns = terminal.columns();
    // A terminal that became narrower has wrapped what was drawn before.
    const lines = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line.replace(STYLES, "")) / columns)), 0);
    drawn = drawLanes(run, { columns, rows: terminal.rows(), now: now(), paint, footer });
    terminal.out(`${back(lines)}${drawn.join("\n")}\n`);
  }

  const restore = (): void => terminal.out(SHOW_CURSOR);
  const timer = setInterval(draw, 1_000);
  process.stdout.on("resize", draw);
  process.once("exit", restore);
  terminal.out(HIDE_CURSOR);

  return {
    show(next) {
      run = next;
      draw();
    },
    setFooter(text) {
      footer = text;
      draw();
    },
    close() {
      if (closed) return;
      footer = "";
      draw();
      closed = true;
      clearInterval(timer);
      process.stdout.off("resize", draw);
      process.off("exit", restore);
      restore();
    },
  };
}
