import { type FindResult, type FoundPlace, occurrences } from "@/components/transcript/find-matches";

const ALL = "find";
const CURRENT = "find-current";
/** So many places are coloured at most; all are counted and led to. */
const MAX_RANGES = 3_000;
/** Said to screen readers only, or no part of what an item says. */
const SILENT = ".sr-only, [data-toolbar], button:not([aria-expanded])";

/** Colours what was found, wherever it is drawn at the moment, without touching the document. */
export function paintFound({ items }: FindResult, query: string, current: FoundPlace | undefined): void {
  if (!("highlights" in CSS)) return;
  const all: Range[] = [];
  for (const { variation, seq } of items) {
    const element = itemElement(variation, seq);
    if (element !== null) all.push(...rangesIn(element, query));
    if (all.length > MAX_RANGES) break;
  }
  CSS.highlights.set(ALL, new Highlight(...all));
  const range = current === undefined ? undefined : rangeAt(current, query);
  const highlight = new Highlight(...(range === undefined ? [] : [range]));
  highlight.priority = 1;
  CSS.highlights.set(CURRENT, highlight);
}

export function clearFound(): void {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete(ALL);
  CSS.highlights.delete(CURRENT);
}

/** The text of a place. Markdown shows less than was written: where a place is not drawn, the last one of its item that is. */
export function rangeAt({ variation, seq, at }: FoundPlace, query: string): Range | undefined {
  const element = itemElement(variation, seq);
  const ranges = element === null ? [] : rangesIn(element, query);
  return ranges[at] ?? ranges.at(-1);
}

/** Scrolls every box around a range so far that the range is in its middle. */
export function bringRangeIntoSight(range: Range): void {
  const start = range.startContainer.parentElement;
  for (let box = start; box !== null && box !== document.body; box = box.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(box);
    const [seen, place] = [box.getBoundingClientRect(), range.getBoundingClientRect()];
    if (/auto|scroll/.test(overflowY) && box.scrollHeight > box.clientHeight)
      box.scrollTop += place.top + place.height / 2 - seen.top - box.clientHeight / 2;
    if (/auto|scroll/.test(overflowX) && (place.left < seen.left || place.right > seen.right))
      box.scrollLeft += place.left - seen.left - box.clientWidth / 3;
    if (box.getAttribute("role") === "log") return;
  }
}

function itemElement(variation: number, seq: number): Element | null {
  return document.querySelector(`[data-pane="${variation}"] [data-seq="${seq}"]`);
}

/** Every occurrence in an element, also those that several text nodes share (coloured code). */
function rangesIn(element: Element, query: string): Range[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node instanceof Element) return node.matches(SILENT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
    return NodeFilter.FILTER_ACCEPT;
  });
  const nodes: { node: Text; from: number }[] = [];
  let text = "";
  while (walker.nextNode() !== null) {
    const node = walker.currentNode as Text;
    nodes.push({ node, from: text.length });
    text += node.data;
  }
  const place = (offset: number): { node: Text; offset: number } | undefined => {
    const holder = nodes.findLast(({ from }) => from <= offset);
    return holder && { node: holder.node, offset: offset - holder.from };
  };
  return occurrences(text, query).flatMap((at) => {
    const [start, end] = [place(at), place(at + query.length - 1)];
    if (start === undefined || end === undefined || end.offset + 1 > end.node.length || start.offset > start.node.length) return [];
    const range = document.createRange();
    range.setStart(start.node, start.offset);
    range.setEnd(end.node, end.offset + 1);
    return [range];
  });
}
