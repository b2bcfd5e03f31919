import { applyEditorTheme, monaco } from "@/components/diff/monaco";
import type { OriginRange } from "@/lib/compare/provenance";
import { variationLetter } from "@/lib/run/select";
import { panPageAround } from "./pan-page";

/** A text that a person may write in, and where its lines are from. */
export interface ComposedText {
  /** Another key is another file; the same one with another text keeps cursor and history. */
  key: string;
  path: string;
  text: string;
  origins: readonly OriginRange[];
}

export interface ComposedEditorEvents {
  /** Told some time after the last key, and before another file is shown. */
  onEdit(key: string, text: string): void;
  /** The line of the cursor, from 1. */
  onLine(line: number): void;
}

/** Monaco with provenance in its margin. */
export interface ComposedEditorHandle {
  show(content: ComposedText): void;
  reveal(line: number): void;
  /** Saves what was typed just now. */
  flush(): void;
  dispose(): void;
}

/** So long nothing is typed before it is saved. */
const PAUSE_MS = 700;
let modelCount = 0;

/** Makes the editor in `place`. */
export function createComposedEditor(place: HTMLElement, label: string, events: ComposedEditorEvents): ComposedEditorHandle {
  applyEditorTheme();
  const editor = monaco.editor.create(place, {
    ...OPTIONS,
    ariaLabel: label,
    fontFamily: getComputedStyle(document.body).getPropertyValue("--font-mono"),
  });
  const marks = editor.createDecorationsCollection();
  let shown: { key: string; model: monaco.editor.ITextModel; saved: string } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let own = false;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (shown === undefined) return;
    const text = shown.model.getValue();
    if (text === shown.saved) return;
    shown.saved = text;
    events.onEdit(shown.key, text);
  }

  const listeners = [
    editor.onDidChangeModelContent(() => {
      if (own) return;
      clearTimeout(timer);
      timer = setTimeout(flush, PAUSE_MS);
    }),
    editor.onDidBlurEditorText(flush),
    editor.onDidChangeCursorPosition(({ position }) => events.onLine(position.lineNumber)),
  ];
  const release = panPageAround(place, () => {
    const up = editor.getScrollTop();
    return { up, down: Math.max(0, editor.getScrollHeight() - editor.getLayoutInfo().height - up) };
  });
  const themes = new MutationObserver(applyEditorTheme);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

  return {
    show({ key, path, text, origins }) {
      own = true;
      if (shown?.key !== key) {
        flush();
        shown?.model.dispose();
        modelCount += 1;
        const uri = monaco.Uri.from({ scheme: "composed", path: `/${path}`, query: String(modelCount) });
        const model = monaco.editor.createModel(text, undefined, uri);
        model.updateOptions({ bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false } });
        editor.setModel(model);
        shown = { key, model, saved: text };
      } else if (timer === undefined && shown.model.getValue() !== text) {
        // What is being typed wins; the next save brings both together.
        replace(shown.model, text);
        shown.saved = text;
      }
      own = false;
      if (timer === undefined) marks.set(origins.map(markOf));
    },
    reveal(line) {
      editor.revealLineInCenterIfOutsideViewport(line, monaco.editor.ScrollType.Immediate);
    },
    flush,
    dispose() {
      flush();
      release();
      themes.disconnect();
      for (const listener of listeners) listener.dispose();
      editor.dispose();
      shown?.model.dispose();
    },
  };
}

/** Changes only what differs, so that the cursor and the folds stay where they are. */
function replace(model: monaco.editor.ITextModel, text: string): void {
  const before = model.getValue();
  let start = 0;
  while (start < before.length && start < text.length && before[start] === text[start]) start += 1;
  let [end, to] = [before.length, text.length];
  while (end > start && to > start && before[end - 1] === text[to - 1]) [end, to] = [end - 1, to - 1];
  const range = monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
  model.pushEditOperations([], [{ range, text: text.slice(start, to) }], () => null);
}

function markOf({ start, end, variations, agent }: OriginRange): monaco.editor.IModelDeltaDecoration {
  const name = originClass(variations, agent);
  const from = variations.length === 0 ? "written by hand" : `from ${variations.map(variationLetter).join(" and ")}`;
  const who = agent ? "written by an agent to fit it together" : from;
  return {
    range: new monaco.Range(start, 1, end, 1),
    options: {
      isWholeLine: true,
      className: `${name}-line`,
      linesDecorationsClassName: name,
      linesDecorationsTooltip: who,
      stickiness: monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
    },
  };
}

const known = new Set<string>();
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

/** A class whose margin shows letter and colour; made when it is first needed, since several may have written the same. */
function originClass(variations: readonly number[], agent = false): string {
  const letters = variations.map(variationLetter).join("");
  const name = agent ? "origin-agent" : letters === "" ? "origin-hand" : `origin-${letters}`;
  if (known.has(name)) return name;
  known.add(name);
  const colour = variations[0] === undefined ? "var(--text)" : `var(--${variationLetter(variations[0]).toLowerCase()})`;
  const shown = agent ? "✦" : letters === "" ? "✎" : letters.length > 2 ? `${letters.slice(0, 1)}+` : letters;
  sheet.insertRule(
    `.monaco-editor .${name}::before { content: "${shown}"; display: grid; place-items: center; box-sizing: border-box; width: 22px; height: 100%; margin-left: 2px; font: 600 10px/1 var(--font-mono); color: ${colour}; background: color-mix(in srgb, ${colour} 16%, transparent); border-left: 3px ${agent ? "double" : "solid"} ${colour}; }`,
  );
  sheet.insertRule(`.monaco-editor .${name}-line { background: color-mix(in srgb, ${colour} 6%, transparent); }`);
  return name;
}

const OPTIONS: monaco.editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  fontSize: 12,
  lineHeight: 19,
  lineNumbersMinChars: 4,
  lineDecorationsWidth: 32,
  glyphMargin: false,
  folding: false,
  minimap: { enabled: false },
  overviewRulerLanes: 0,
  overviewRulerBorder: false,
  hideCursorInOverviewRuler: true,
  scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false, alwaysConsumeMouseWheel: false },
  scrollBeyondLastLine: false,
  renderLineHighlight: "none",
  guides: { indentation: false },
  stickyScroll: { enabled: false },
  unicodeHighlight: { ambiguousCharacters: false },
  // Without this Tab would be caught here; Ctrl M lets it write.
  tabFocusMode: true,
  accessibilitySupport: "auto",
  padding: { top: 6, bottom: 24 },
};
