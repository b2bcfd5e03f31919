"use client";

import "monaco-editor/features/codeEditor/register";
import "monaco-editor/features/codicon/register";
import "monaco-editor/features/clipboard/register";
import "monaco-editor/features/contextmenu/register";
import "monaco-editor/features/diffEditor/register";
import "monaco-editor/features/find/register";
import "monaco-editor/features/folding/register";
import "monaco-editor/features/wordOperations/register";
import "monaco-editor/languages/definitions/cpp/register";
import "monaco-editor/languages/definitions/csharp/register";
import "monaco-editor/languages/definitions/css/register";
import "monaco-editor/languages/definitions/dockerfile/register";
import "monaco-editor/languages/definitions/go/register";
import "monaco-editor/languages/definitions/graphql/register";
import "monaco-editor/languages/definitions/html/register";
import "monaco-editor/languages/definitions/ini/register";
import "monaco-editor/languages/definitions/java/register";
import "monaco-editor/languages/definitions/javascript/register";
import "monaco-editor/languages/definitions/kotlin/register";
import "monaco-editor/languages/definitions/less/register";
import "monaco-editor/languages/definitions/lua/register";
import "monaco-editor/languages/definitions/markdown/register";
import "monaco-editor/languages/definitions/php/register";
import "monaco-editor/languages/definitions/python/register";
import "monaco-editor/languages/definitions/r/register";
import "monaco-editor/languages/definitions/ruby/register";
import "monaco-editor/languages/definitions/rust/register";
import "monaco-editor/languages/definitions/scala/register";
import "monaco-editor/languages/definitions/scss/register";
import "monaco-editor/languages/definitions/shell/register";
import "monaco-editor/languages/definitions/sql/register";
import "monaco-editor/languages/definitions/swift/register";
import "monaco-editor/languages/definitions/typescript/register";
import "monaco-editor/languages/definitions/xml/register";
import "monaco-editor/languages/definitions/yaml/register";
import * as monaco from "monaco-editor/editor/editor.api";

// JSON has no tokenizer of its own without its language service; JavaScript's colours it well.
monaco.languages.register({ id: "javascript", extensions: [".json", ".jsonc", ".mjs", ".cjs"] });

window.MonacoEnvironment = {
  getWorker: () => new Worker(new URL("monaco-editor/editor/editor.worker.js", import.meta.url), { type: "module" }),
};

/** The editor's colours from the page's tokens, for the theme that the page has now. */
export function applyEditorTheme(): void {
  const style = getComputedStyle(document.documentElement);
  // Style sheets are minified to `#fff`; the editor takes only the long form.
  const colour = (name: string): string => longHex(style.getPropertyValue(`--${name}`).trim());
  const light = document.documentElement.dataset.theme === "light";
  monaco.editor.defineTheme("aideator", {
    base: light ? "vs" : "vs-dark",
    inherit: true,
    rules: [
      { token: "keyword", foreground: colour("syntax-key") },
      { token: "string", foreground: colour("syntax-string") },
      { token: "number", foreground: colour("syntax-number") },
      { token: "comment", foreground: colour("faint") },
    ],
    colors: {
      "editor.background": colour("bg"),
      "editor.foreground": colour("text"),
      "editorLineNumber.foreground": colour("faint"),
      "editorLineNumber.activeForeground": colour("muted"),
      "editor.lineHighlightBackground": colour("panel"),
      "editorGutter.background": colour("bg"),
      "diffEditor.insertedLineBackground": `${colour("add")}b0`,
      "diffEditor.removedLineBackground": `${colour("del")}b0`,
      "diffEditor.insertedTextBackground": `${colour("ok")}38`,
      "diffEditor.removedTextBackground": `${colour("bad")}38`,
      "diffEditor.diagonalFill": colour("line"),
      "diffEditor.unchangedRegionBackground": colour("raised"),
      "diffEditor.unchangedRegionForeground": colour("muted"),
      "scrollbar.shadow": "#00000000",
      "editorWidget.background": colour("raised"),
      "editorWidget.border": colour("line-strong"),
      focusBorder: colour("a"),
    },
  });
  monaco.editor.setTheme("aideator");
}

function longHex(colour: string): string {
  return /^#[0-9a-f]{3,4}$/i.test(colour) ? colour.replace(/[0-9a-f]/gi, "$&$&") : colour;
}

export { monaco };
