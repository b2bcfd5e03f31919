"use client";

import { type ReactElement, useEffect, useRef } from "react";
import { applyEditorTheme, monaco } from "./monaco";

export interface TextDiffProps {
  path: string;
  oldPath: string;
  /** Empty for a file that is not there on that side. */
  left: string;
  right: string;
  sideBySide: boolean;
  wrap: boolean;
  ignoreWhitespace: boolean;
  /** Told once the changes are known, and whenever another one is under the cursor; `current` counts from 1, 0 is none. */
  onChanges: (changes: { count: number; current: number }) => void;
  /** Filled with the way to step through the changes. */
  stepperRef: { current: ((direction: "next" | "previous") => void) | undefined };
}

type Editor = ReturnType<typeof monaco.editor.createDiffEditor>;

/** Above this many lines the quicker of Monaco's two algorithms is taken: the other one blocks for more than a second. */
const LONG_FILE_LINES = 5_000;

/** Monaco's diff editor on two texts. */
export function TextDiff(props: TextDiffProps): ReactElement {
  const { path, oldPath, left, right, sideBySide, wrap, ignoreWhitespace, onChanges, stepperRef } = props;
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(undefined);
  const report = useRef(onChanges);
  useEffect(() => {
    report.current = onChanges;
  });

  useEffect(() => {
    if (place.current === null) return;
    applyEditorTheme();
    const created = createEditor(place.current);
    editor.current = created;
    const tell = (): void => report.current(changesOf(created));
    const listeners = [created.onDidUpdateDiff(tell), created.getModifiedEditor().onDidChangeCursorPosition(tell)];
    // The page's theme is an attribute: the editor follows it.
    const themes = new MutationObserver(applyEditorTheme);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    stepperRef.current = (direction) => created.goToDiff(direction);
    return () => {
      stepperRef.current = undefined;
      themes.disconnect();
      for (const listener of listeners) listener.dispose();
      created.dispose();
      editor.current = undefined;
    };
  }, [stepperRef]);

  useEffect(() => {
    const long = Math.max(left.length, right.length) > 400_000 || lineCount(right) > LONG_FILE_LINES;
    const original = monaco.editor.createModel(left, undefined, monaco.Uri.from({ scheme: "left", path: `/${oldPath}` }));
    const modified = monaco.editor.createModel(right, undefined, monaco.Uri.from({ scheme: "right", path: `/${path}` }));
    editor.current?.updateOptions({ diffAlgorithm: long ? "legacy" : "advanced" });
    editor.current?.setModel({ original, modified });
    const first = editor.current?.onDidUpdateDiff(() => {
      first?.dispose();
      editor.current?.revealFirstDiff();
    });
    return () => {
      first?.dispose();
      editor.current?.setModel(null);
      original.dispose();
      modified.dispose();
    };
  }, [path, oldPath, left, right]);

  useEffect(() => {
    editor.current?.updateOptions({
      renderSideBySide: sideBySide,
      ignoreTrimWhitespace: ignoreWhitespace,
      diffWordWrap: wrap ? "on" : "off",
      wordWrap: wrap ? "on" : "off",
    });
  }, [sideBySide, wrap, ignoreWhitespace]);

  return <div ref={place} className="h-full min-h-0" role="region" aria-label={`Difference in ${path}`} />;
}

function createEditor(place: HTMLElement): Editor {
  return monaco.editor.createDiffEditor(place, {
    readOnly: true,
    originalEditable: false,
    automaticLayout: true,
    fontFamily: getComputedStyle(document.body).getPropertyValue("--font-mono"),
    fontSize: 12,
    lineHeight: 19,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    renderLineHighlight: "none",
    renderOverviewRuler: false,
    hideUnchangedRegions: { enabled: true, contextLineCount: 3, minimumLineCount: 4 },
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
  });
}

function changesOf(editor: Editor): { count: number; current: number } {
  const changes = editor.getLineChanges() ?? [];
  const line = editor.getModifiedEditor().getPosition()?.lineNumber ?? 0;
  const current = changes.findIndex(({ modifiedStartLineNumber, modifiedEndLineNumber }) => {
    const end = Math.max(modifiedStartLineNumber, modifiedEndLineNumber);
    return line >= modifiedStartLineNumber && line <= end;
  });
  return { count: changes.length, current: current + 1 };
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
