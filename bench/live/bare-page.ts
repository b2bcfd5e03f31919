import type { RunEvent } from "@/lib/run/events";
import "./live-page-types";

/** Lines that the browser skips as one while they are out of sight. */
const CHUNK_LINES = 50;

/** The least that shows the same: a column per variation, its text in finished chunks, what is new appended to the last one. */
const root = document.getElementById("root") as HTMLElement;
root.style.cssText += "display:flex;font:13px/1.5 sans-serif";
const columns: { box: HTMLElement; tail: Text; lines: number }[] = [];
let last = 0;

function columnOf(variation: number): (typeof columns)[number] {
  const known = columns[variation];
  if (known !== undefined) return known;
  const box = document.createElement("div");
  box.style.cssText = "flex:1;min-width:0;overflow-y:auto;white-space:pre-wrap;overflow-wrap:anywhere;padding:12px";
  root.append(box);
  const made = { box, tail: newChunk(box), lines: 0 };
  columns[variation] = made;
  return made;
}

function newChunk(box: HTMLElement): Text {
  const before = box.lastElementChild;
  if (before instanceof HTMLElement) before.style.cssText = "content-visibility:auto;contain-intrinsic-block-size:auto 1000px";
  const text = document.createTextNode("");
  const chunk = document.createElement("div");
  chunk.append(text);
  box.append(chunk);
  return text;
}

function append(event: RunEvent): void {
  last = event.seq;
  const { event: body, variation } = event;
  if (variation === undefined || !("text" in body)) return;
  const column = columnOf(variation);
  column.tail.appendData(body.text);
  column.lines += body.text.split("\n").length - 1;
  if (column.lines < CHUNK_LINES) return;
  column.lines = 0;
  column.tail = newChunk(column.box);
}

let waiting: RunEvent[] = [];
function draw(): void {
  const events = waiting;
  waiting = [];
  events.forEach(append);
  for (const { box } of columns) box.scrollTop = box.scrollHeight;
}

window.live = {
  feed(events) {
    if (waiting.length === 0) requestAnimationFrame(draw);
    waiting.push(...events);
  },
  lastSeq: () => waiting.at(-1)?.seq ?? last,
  takeCounts: () => ({}),
};
(window.recorded ?? []).forEach(append);
draw();
