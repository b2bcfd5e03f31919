import { monaco } from "../diff/monaco";

export interface CommentedLines {
  side: "left" | "right";
  from: number;
  to: number;
}

type CodeEditor = ReturnType<ReturnType<typeof monaco.editor.createDiffEditor>["getModifiedEditor"]>;
type DiffEditor = ReturnType<typeof monaco.editor.createDiffEditor>;

/** Beside the line numbers: where a comment can be begun, and where one is; see `COMMENT_LOOK`. */
const ADD = "comment-add";
const HERE = "comment-here";

/** Lets lines of a diff be commented on, and shows which are. */
export interface LineComments {
  /** The lines that are selected, or the cursor's, on the side that was used last. */
  selected(): CommentedLines;
  mark(lines: readonly CommentedLines[]): void;
  dispose(): void;
}

/** `onComment`: the + beside a line was pressed, or the menu was used. */
export function attachLineComments(editor: DiffEditor, onComment: (lines: CommentedLines, port: boolean) => void): LineComments {
  const sides = { left: editor.getOriginalEditor(), right: editor.getModifiedEditor() };
  let used: CommentedLines["side"] = "right";
  const marks = { left: sides.left.createDecorationsCollection(), right: sides.right.createDecorationsCollection() };
  const listeners = (["left", "right"] as const).flatMap((side) => {
    const code = sides[side];
    const hover = code.createDecorationsCollection();
    return [
      code.onDidFocusEditorText(() => (used = side)),
      code.onMouseMove(({ target }) => {
        const line = target.position?.lineNumber;
        const on = line !== undefined && target.type !== monaco.editor.MouseTargetType.CONTENT_VIEW_ZONE;
        hover.set(on ? [{ range: new monaco.Range(line, 1, line, 1), options: { linesDecorationsClassName: ADD } }] : []);
      }),
      code.onMouseLeave(() => hover.clear()),
      code.onMouseDown(({ target }) => {
        const line = target.position?.lineNumber;
        if (line === undefined || target.type !== monaco.editor.MouseTargetType.GUTTER_LINE_DECORATIONS) return;
        used = side;
        const chosen = linesOf(code, side);
        onComment(line >= chosen.from && line <= chosen.to ? chosen : { side, from: line, to: line }, false);
      }),
      code.addAction({
        id: "aideator.comment",
        label: "Comment on these lines",
        contextMenuGroupId: "1_comment",
        run: () => onComment(linesOf(code, side), false),
      }),
      code.addAction({
        id: "aideator.port",
        label: "Ask another variation to port this change",
        contextMenuGroupId: "1_comment",
        run: () => onComment(linesOf(code, side), true),
      }),
    ];
  });
  return {
    selected: () => linesOf(sides[used], used),
    mark(lines) {
      for (const side of ["left", "right"] as const) {
        marks[side].set(
          lines
            .filter((one) => one.side === side)
            .map(({ from, to }) => ({ range: new monaco.Range(from, 1, to, 1), options: { linesDecorationsClassName: HERE } })),
        );
      }
    },
    dispose() {
      for (const listener of listeners) listener.dispose();
    },
  };
}

/** A selection that ends at the beginning of a line does not mean that line. */
function linesOf(code: CodeEditor, side: CommentedLines["side"]): CommentedLines {
  const selection = code.getSelection();
  const from = selection?.startLineNumber ?? 1;
  const end = selection?.endLineNumber ?? from;
  const to = selection !== null && selection.endColumn === 1 && end > from ? end - 1 : end;
  return { side, from, to };
}
