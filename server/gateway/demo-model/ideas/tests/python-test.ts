import { posix } from "node:path";
import { carriageReturn } from "../../source/source-file";
import { wordsOf } from "../name-words";
import type { TestWriter } from "./test-writer";

/** For pytest and unittest. */
export const writePythonTest: TestWriter = ({ example, paths }, file, info, guarded) => {
  const parts = file.path
    .replace(/^(src|lib)\//, "")
    .replace(/(\/__init__)?\.py$/, "")
    .split("/");
  const dotted = parts.join(".");
  const [root = ""] = parts;
  const words = wordsOf(info.name).join("_");
  const path = posix.join(posix.dirname(example.path), `test_${words}.py`);
  const isKnown = new RegExp(`^\\s*(from|import)\\s+${root}\\b`, "m").test(example.text);
  if (!isKnown || parts.some((part) => !/^\w+$/.test(part)) || info.owner !== undefined || !info.isPlain || paths.includes(path))
    return undefined;
  if (carriageReturn(example.text) !== "" || !/^test_|(^|\/)test_/.test(example.path)) return undefined;
  const names = `[${info.parameters.map(({ name }) => `"${name}"`).join(", ")}]`;
  const values = info.parameters
    .filter(({ optional }) => !optional)
    .map(() => "None")
    .join(", ");
  const call = `${info.name}(${values})`;
  const refuses = guarded !== undefined && !info.isAsync;
  const signature = `inspect.signature(${info.name}).parameters`;
  if (/\bunittest\.TestCase\b|import TestCase/.test(example.text) && !/\bpytest\b/.test(example.text)) {
    return {
      path,
      text: [
        "import inspect",
        "import unittest",
        "",
        `from ${dotted} import ${info.name}`,
        "",
        "",
        `class Test${words.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}(unittest.TestCase):`,
        "    def test_keeps_its_parameters(self):",
        "        # Callers may pass them by name: to rename one would break them.",
        `        self.assertEqual(list(${signature}), ${names})`,
        ...(refuses
          ? [
              "",
              "    def test_names_what_is_missing(self):",
              `        with self.assertRaisesRegex(TypeError, "${guarded}"):`,
              `            ${call}`,
            ]
          : []),
        "",
      ].join("\n"),
    };
  }
  return {
    path,
    text: [
      "import inspect",
      "",
      ...(refuses ? ["import pytest", ""] : []),
      `from ${dotted} import ${info.name}`,
      "",
      "",
      `def test_${words}_keeps_its_parameters():`,
      "    # Callers may pass them by name: to rename one would break them.",
      `    names = list(${signature})`,
      `    assert names == ${names}`,
      ...(refuses
        ? [
            "",
            "",
            `def test_${words}_names_what_is_missing():`,
            `    with pytest.raises(TypeError, match="${guarded}"):`,
            `        ${call}`,
          ]
        : []),
      "",
    ].join("\n"),
  };
};
