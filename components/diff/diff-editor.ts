import { diffAlgorithm } from "@/lib/diff/diff-effort";
import type { DiffLine } from "@/lib/diff/diff-link";
import { applyEditorTheme, monaco } from "./monaco";
import type { ViewSettings } from "./view-settings";

/** Two texts to compare. Another `file` is another thing to look at; the same one with other texts keeps its place on the screen. */
export interface DiffContent {
  file: string;
  path: string;
  oldPath: string;
  /** Empty for a file that is not there on that side. */
  left: string;
  right: string;
  /** Lines that changed, as git counts them. */
  changedLines: number;
}

/** Where to begin in a file. */
export type DiffStart = "first" | "last" | DiffLine;

/** How many changes there are, and which one is under the cursor, from 1; 0 is none. */
export interface ChangePosition {
  count: number;
  current: number;
  /** Lines of the left side that it is about, from 0, the end left out. */
  left?: { start: number; end: number };
}

export interface DiffEditorEvents {
  onChanges(position: ChangePosition): void;
  /** A line's number was pressed. */
  onLine(line: DiffLine): void;
}

/** Monaco's diff editor, as the page drives it. */
export interface DiffEditorHandle {
  /** For what lies over it: comments. */
  readonly editor: Editor;
  /** Resolves when it is on the screen (true), or something newer is. `arrive`: the place is left although it is the same file. */
  show(content: DiffContent, start: DiffStart, arrive: boolean): Promise<boolean>;
  goTo(start: DiffStart): void;
  configure(settings: ViewSettings): void;
  /** Goes to the change after or before the cursor; false when there is none. */
  step(direction: "next" | "previous"): boolean;
  openAccessibleViewer(): void;
  dispose(): void;
}

type Editor = ReturnType<typeof monaco.editor.createDiffEditor>;
type Change = NonNullable<ReturnType<Editor["getLineChanges"]>>[number];

/** A comparison that takes longer is shown as far as it is, and goes on. */
const PATIENCE_MS = 600;
const LINKED_LINE = "bg-hover shadow-[inset_3px_0_var(--a)]";
let modelCount = 0;

/** Makes the editor in `place`. */
export function createDiffEditor(place: HTMLElement, events: DiffEditorEvents): DiffEditorHandle {
  applyEditorTheme();
  const editor = monaco.editor.createDiffEditor(place, options());
  const [left, right] = [editor.getOriginalEditor(), editor.getModifiedEditor()];
  const linked = { left: left.createDecorationsCollection(), right: right.createDecorationsCollection() };
  let shown: { file: string; dispose: () => void } | undefined;
  let turn = 0;
  // Where to go once what is shown is compared: folding comes with that, and would hide the place.
  let owed: DiffStart | undefined;

  const tell = (): void => events.onChanges(positionIn(editor));
  const onGutter = (side: DiffLine["side"]) => (event: monaco.editor.IEditorMouseEvent) => {
    if (event.target.type !== monaco.editor.MouseTargetType.GUTTER_LINE_NUMBERS || event.target.position === null) return;
    events.onLine({ side, number: event.target.position.lineNumber });
  };
  const listeners = [
    editor.onDidUpdateDiff(() => {
      const start = owed;
      owed = undefined;
      if (start !== undefined) goTo(start);
      tell();
    }),
    right.onDidChangeCursorPosition(tell),
    left.onMouseDown(onGutter("left")),
    right.onMouseDown(onGutter("right")),
  ];
  // The page's theme is an attribute: the editor follows it.
  const themes = new MutationObserver(applyEditorTheme);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

  function markLine(line: DiffLine | undefined): void {
    for (const side of ["left", "right"] as const) {
      const isHere = line?.side === side;
      const range = isHere ? new monaco.Range(line.number, 1, line.number, 1) : undefined;
      linked[side].set(range === undefined ? [] : [{ range, options: { isWholeLine: true, className: LINKED_LINE } }]);
    }
  }

  function goTo(start: DiffStart): void {
    markLine(typeof start === "string" ? undefined : start);
    if (typeof start !== "string") {
      const side = start.side === "left" ? left : right;
      const number = Math.min(start.number, side.getModel()?.getLineCount() ?? 1);
      // Lines that are folded away come out where the cursor is.
      side.setPosition({ lineNumber: number, column: 1 });
      side.revealLineInCenterIfOutsideViewport(number, monaco.editor.ScrollType.Immediate);
      return;
    }
    const change = editor.getLineChanges()?.at(start === "last" ? -1 : 0);
    if (change !== undefined) reveal(editor, change);
    else right.setScrollTop(0);
  }

  return {
    editor,
    async show(content, start, arrive) {
      turn += 1;
      const own = turn;
      const model = modelOf(content);
      editor.updateOptions({ diffAlgorithm: diffAlgorithm(content.left, content.right, content.changedLines) });
      const view = editor.createViewModel(model);
      const dispose = (): void => {
        view.dispose();
        model.original.dispose();
        model.modified.dispose();
      };
      // Shown once it is compared: lines that are to be folded would be seen before.
      const patience = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), PATIENCE_MS));
      const compared = await Promise.race([view.waitForDiff().then(() => true), patience]);
      if (own !== turn) {
        dispose();
        return false;
      }
      const kept = !arrive && shown?.file === content.file ? editor.saveViewState() : null;
      editor.setModel(view);
      shown?.dispose();
      shown = { file: content.file, dispose };
      owed = kept === null && !compared ? start : undefined;
      if (kept === null) goTo(start);
      else editor.restoreViewState(kept);
      tell();
      return true;
    },
    goTo,
    configure({ sideBySide, wrap, ignoreWhitespace, foldUnchanged }) {
      editor.updateOptions({
        renderSideBySide: sideBySide,
        ignoreTrimWhitespace: ignoreWhitespace,
        diffWordWrap: wrap ? "on" : "off",
        wordWrap: wrap ? "on" : "off",
        hideUnchangedRegions: { enabled: foldUnchanged, contextLineCount: 3, minimumLineCount: 4, revealLineCount: 20 },
      });
    },
    step(direction) {
      const change = nextChange(editor, direction);
      if (change === undefined) return false;
      reveal(editor, change);
      return true;
    },
    openAccessibleViewer: () => editor.accessibleDiffViewerNext(),
    dispose() {
      turn += 1;
      themes.disconnect();
      for (const listener of listeners) listener.dispose();
      editor.setModel(null);
      shown?.dispose();
      editor.dispose();
    },
  };
}

/** Monaco ends its worker with the last model. This one stays, so that the next diff finds the worker that is there. */
let kept: monaco.editor.ITextModel | undefined;

/** An editor on two small texts, out of sight, from its making to its first comparison. */
export async function warmUp(): Promise<void> {
  kept ??= monaco.editor.createModel("", "plaintext");
  const place = document.createElement("div");
  place.inert = true;
  place.style.cssText = "position:fixed;left:-2000px;top:0;width:900px;height:400px;visibility:hidden";
  document.body.append(place);
  const editor = createDiffEditor(place, { onChanges: () => undefined, onLine: () => undefined });
  await editor.show({ file: "", path: "warm.txt", oldPath: "warm.txt", left: "one\n", right: "two\n", changedLines: 2 }, "first", false);
  editor.dispose();
  place.remove();
}

function modelOf({ path, oldPath, left, right }: DiffContent): { original: monaco.editor.ITextModel; modified: monaco.editor.ITextModel } {
  modelCount += 1;
  // The language comes from the path; the number lets the next version be made before this one is gone.
  const uri = (scheme: string, of: string): monaco.Uri => monaco.Uri.from({ scheme, path: `/${of}`, query: String(modelCount) });
  const model = (text: string, at: monaco.Uri): monaco.editor.ITextModel => {
    const made = monaco.editor.createModel(text, undefined, at);
    // Colours belong to the differences.
    made.updateOptions({ bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false } });
    return made;
  };
  return { original: model(left, uri("left", oldPath)), modified: model(right, uri("right", path)) };
}

/** The first line of a change on the right side; of one that only deletes the line before it. */
function lineOf(change: Change): number {
  return Math.max(1, change.modifiedStartLineNumber);
}

function reveal(editor: Editor, change: Change): void {
  const right = editor.getModifiedEditor();
  right.setPosition({ lineNumber: lineOf(change), column: 1 });
  right.revealLineInCenter(lineOf(change), monaco.editor.ScrollType.Immediate);
}

function positionIn(editor: Editor): ChangePosition {
  const changes = editor.getLineChanges() ?? [];
  const line = editor.getModifiedEditor().getPosition()?.lineNumber ?? 0;
  const current = changes.findIndex((change) => line >= lineOf(change) && line <= Math.max(lineOf(change), change.modifiedEndLineNumber));
  return { count: changes.length, current: current + 1, left: leftLines(changes[current]) };
}

/** Monaco counts from 1; of what was only added it names the line before. */
function leftLines(change: Change | undefined): ChangePosition["left"] {
  if (change === undefined) return undefined;
  const { originalStartLineNumber: start, originalEndLineNumber: end } = change;
  return end === 0 ? { start, end: start } : { start: start - 1, end };
}

function nextChange(editor: Editor, direction: "next" | "previous"): Change | undefined {
  const changes = editor.getLineChanges() ?? [];
  const line = editor.getModifiedEditor().getPosition()?.lineNumber ?? 0;
  const { current } = positionIn(editor);
  // On a change its number says which is next; between two of them the lines do.
  if (current > 0) return changes[current - 1 + (direction === "next" ? 1 : -1)];
  return direction === "next" ? changes.find((change) => lineOf(change) > line) : changes.findLast((change) => lineOf(change) < line);
}

function options(): monaco.editor.IStandaloneDiffEditorConstructionOptions {
  return {
    readOnly: true,
    originalEditable: false,
    automaticLayout: true,
    fontFamily: getComputedStyle(document.body).getPropertyValue("--font-mono"),
    fontSize: 12,
    lineHeight: 19,
    lineNumbersMinChars: 4,
    lineDecorationsWidth: 20,
    minimap: { enabled: false },
    overviewRulerLanes: 0,
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    scrollBeyondLastLine: false,
    renderLineHighlight: "none",
    renderOverviewRuler: false,
    renderMarginRevertIcon: false,
    useInlineViewWhenSpaceIsLimited: true,
    renderSideBySideInlineBreakpoint: 720,
    // Without this Tab would be caught in an editor that nobody can write in.
    tabFocusMode: true,
    contextmenu: true,
    guides: { indentation: false },
    stickyScroll: { enabled: false },
    unicodeHighlight: { ambiguousCharacters: false },
    accessibilitySupport: "auto",
    padding: { top: 6, bottom: 24 },
  };
}
