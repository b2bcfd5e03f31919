import { monaco } from "../diff/monaco";
import { inlinePlace } from "./inline-line";

type DiffEditor = ReturnType<typeof monaco.editor.createDiffEditor>;
type CodeEditor = ReturnType<DiffEditor["getModifiedEditor"]>;
type Side = "left" | "right";

/** Room under a line, for what the page puts there. */
export interface CommentZone {
  id: string;
  side: Side;
  /** Under which line, from 1; 0 is the head of the file. */
  line: number;
}

/** Rooms between the lines of a diff. Their height follows what is in them. */
export interface CommentZones {
  /** Those that are not named any more go. */
  set(zones: readonly CommentZone[]): void;
  /** Scrolls as little as shows the whole of it. */
  reveal(id: string): void;
  dispose(): void;
}

interface Room {
  zone: CommentZone;
  /** Over the editor, where it can be pressed and written in; the zone below it only keeps the lines apart. */
  host: HTMLElement;
  content: HTMLElement;
  height: number;
  sizes: ResizeObserver;
  /** Where it is now; undefined while it is nowhere. */
  at: { code: CodeEditor; zone: string; widget: monaco.editor.IOverlayWidget } | undefined;
}

/** Among what stands under the same line: before the fold and the removed lines that follow it, or behind them. */
const BEFORE = 5_000;
const BEHIND = 20_000;
const FIRST_HEIGHT = 44;
const AWAY = "-1000000px";

/** `onPlaces`: the elements to draw into, by id, whenever there are others. */
export function createCommentZones(editor: DiffEditor, onPlaces: (places: ReadonlyMap<string, HTMLElement>) => void): CommentZones {
  const sides: Record<Side, CodeEditor> = { left: editor.getOriginalEditor(), right: editor.getModifiedEditor() };
  const rooms = new Map<string, Room>();
  let frame = 0;
  let writing: HTMLElement | undefined;

  function open(zone: CommentZone): Room {
    const host = document.createElement("div");
    host.className = "comment-zone";
    host.dataset.commentZone = zone.id;
    host.style.top = AWAY;
    const content = document.createElement("div");
    host.append(content);
    const room: Room = { zone, host, content, height: FIRST_HEIGHT, at: undefined, sizes: new ResizeObserver(() => fit(room)) };
    room.sizes.observe(content);
    // Where somebody types must be in sight, or the browser scrolls the editor's inside to it.
    host.addEventListener("focusin", () => reveal(zone.id));
    host.addEventListener("keydown", () => reveal(zone.id));
    return room;
  }

  function fit(room: Room): void {
    const height = Math.ceil(room.content.getBoundingClientRect().height);
    if (height === 0 || height === room.height) return;
    room.height = height;
    place(room);
  }

  function remove(room: Room): void {
    const { at } = room;
    if (at === undefined) return;
    room.at = undefined;
    at.code.changeViewZones((zones) => zones.removeZone(at.zone));
    at.code.removeOverlayWidget(at.widget);
  }

  function place(room: Room): void {
    const { code, line, behind } = spotOf(room.zone);
    steady(sides.right, () => {
      if (room.at !== undefined && room.at.code !== code) remove(room);
      const widget = room.at?.widget ?? { getId: () => `comment ${room.zone.id}`, getDomNode: () => room.host, getPosition: () => null };
      if (room.at === undefined) code.addOverlayWidget(widget);
      const before = room.at?.zone;
      code.changeViewZones((zones) => {
        if (before !== undefined) zones.removeZone(before);
        const zone = zones.addZone({
          afterLineNumber: line,
          ordinal: behind ? BEHIND : BEFORE,
          heightInPx: room.height,
          domNode: document.createElement("div"),
          // A thread is seen although its line is folded.
          showInHiddenAreas: true,
          // What is out of sight is far above: nothing scrolls there, and it keeps the focus.
          onDomNodeTop: (top) => (room.host.style.top = `${top}px`),
        });
        room.at = { code, zone, widget };
      });
      width(room);
    });
  }

  /** An inline diff shows one editor only. */
  function spotOf({ side, line }: CommentZone): { code: CodeEditor; line: number; behind: boolean } {
    if (side === "right" || isSideBySide(editor)) return { code: sides[side], line, behind: false };
    const place = line === 0 ? { line, behind: false } : inlinePlace(editor.getLineChanges() ?? [], line);
    return { code: sides.right, ...place };
  }

  function width({ host, at }: Room): void {
    const layout = at?.code.getLayoutInfo();
    if (layout === undefined) return;
    host.style.left = `${layout.contentLeft}px`;
    host.style.width = `${layout.contentWidth - layout.verticalScrollbarWidth}px`;
  }

  /** After what makes the editor forget its zones, or moves the sides. */
  function placeAll(): void {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      for (const room of rooms.values()) place(room);
      if (writing?.isConnected === true) writing.focus({ preventScroll: true });
      writing = undefined;
    });
  }

  /** A new model has no zones, and what was over the old one is taken out of the page for a moment: who was writing there goes on. */
  function forget(code: CodeEditor): void {
    for (const room of rooms.values()) {
      if (room.at?.code !== code) continue;
      const active = document.activeElement;
      if (active instanceof HTMLElement && room.host.contains(active)) writing = active;
      remove(room);
      room.host.style.top = AWAY;
    }
  }

  function reveal(id: string): void {
    const room = rooms.get(id);
    if (room?.at === undefined) return;
    const { code, line } = spotOf(room.zone);
    const scroll = sides.right.getScrollTop();
    const view = sides.right.getLayoutInfo().height;
    const top = line === 0 ? 0 : code.getTopForLineNumber(line);
    // More than one room may be under a line: where it is drawn says more, if it is.
    const under = room.host.offsetTop < 0 ? (line === 0 ? 0 : code.getBottomForLineNumber(line)) : room.host.offsetTop + scroll;
    const bottom = under + room.height + 8;
    if (bottom > scroll + view) sides.right.setScrollTop(Math.min(top, bottom - view), monaco.editor.ScrollType.Immediate);
    else if (top < scroll) sides.right.setScrollTop(top, monaco.editor.ScrollType.Immediate);
  }

  const listeners = [
    sides.left.onWillChangeModel(() => forget(sides.left)),
    sides.right.onWillChangeModel(() => forget(sides.right)),
    sides.left.onDidChangeModel(placeAll),
    sides.right.onDidChangeModel(placeAll),
    sides.left.onDidLayoutChange(placeAll),
    sides.right.onDidLayoutChange(placeAll),
    editor.onDidUpdateDiff(placeAll),
  ];

  return {
    set(zones) {
      const wanted = new Map(zones.map((zone) => [zone.id, zone]));
      let others = false;
      for (const [id, room] of rooms) {
        if (wanted.has(id)) continue;
        others = true;
        room.sizes.disconnect();
        steady(sides.right, () => remove(room));
        rooms.delete(id);
      }
      for (const zone of zones) {
        const known = rooms.get(zone.id);
        const room = known ?? open(zone);
        others ||= known === undefined;
        const moved = known !== undefined && (known.zone.side !== zone.side || known.zone.line !== zone.line);
        room.zone = zone;
        rooms.set(zone.id, room);
        if (known === undefined || moved) place(room);
      }
      if (others) onPlaces(new Map([...rooms].map(([id, { content }]) => [id, content])));
    },
    reveal,
    dispose() {
      cancelAnimationFrame(frame);
      for (const listener of listeners) listener.dispose();
      for (const room of rooms.values()) {
        room.sizes.disconnect();
        remove(room);
      }
      rooms.clear();
    },
  };
}

/** The lines that are folded away come out, with nothing else moved. */
export function unfoldLines(editor: DiffEditor, lines: readonly { side: Side; line: number }[]): void {
  const right = editor.getModifiedEditor();
  const before = right.getPosition();
  steady(right, () => {
    for (const { side, line } of lines) {
      const code = side === "left" ? editor.getOriginalEditor() : right;
      // Lines come out where the cursor is.
      if (line > 0 && line <= (code.getModel()?.getLineCount() ?? 0)) code.setPosition({ lineNumber: line, column: 1 });
    }
    // Where it was put there is nothing to unfold; at the very beginning it was not put.
    if (before !== null && before.lineNumber > 1) right.setPosition(before);
  });
}

/** Runs what changes heights with the first line in sight where it was. */
function steady(code: CodeEditor, change: () => void): void {
  const line = code.getVisibleRanges()[0]?.startLineNumber;
  const offset = line === undefined ? 0 : code.getTopForLineNumber(line) - code.getScrollTop();
  // At the very top what is new there is to be seen.
  const pinned = code.getScrollTop() === 0;
  change();
  if (line === undefined || pinned) return;
  const top = code.getTopForLineNumber(line) - offset;
  if (Math.abs(top - code.getScrollTop()) >= 1) code.setScrollTop(top, monaco.editor.ScrollType.Immediate);
}

function isSideBySide(editor: DiffEditor): boolean {
  return editor.getContainerDomNode().querySelector(".monaco-diff-editor.side-by-side") !== null;
}
