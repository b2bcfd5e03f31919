import { posix } from "node:path";
import { goImports } from "../../source/find-go";
import { wordsOf } from "../name-words";
import { licenceOf, type TestWriter } from "./test-writer";

/** Pins a signature in the package of the file itself. */
export const writeGoTest: TestWriter = ({ example, paths }, file, info) => {
  const words = wordsOf(info.name).join("_");
  const owner = info.owner === undefined ? [] : wordsOf(info.owner);
  const path = posix.join(posix.dirname(file.path), `${[...owner, words].join("_")}_signature_test.go`);
  const [, package_] = /^package\s+(\w+)/m.exec(file.code) ?? [];
  if (!info.isPublic || !info.isPlain || package_ === undefined || package_ === "main" || paths.includes(path)) return undefined;
  if (posix.dirname(example.path) !== posix.dirname(file.path) || /^\/\/(go:build| \+build)/m.test(file.text)) return undefined;
  const receiver = /^func\s*\(\s*(?:\w+\s+)?(\*?\w+)\s*\)/.exec(file.codeLines[info.headLine] ?? "")?.[1];
  const types = info.parameters.map(({ type = "" }) => type);
  if (types.includes("")) return undefined;
  const parameters = [...(receiver === undefined ? [] : [receiver]), ...types].join(", ");
  const signature = `func(${parameters})${info.returns === undefined ? "" : ` ${info.returns}`}`;
  const imports = goImports(file);
  const packages = [...new Set([...signature.matchAll(/\b(\w+)\./g)].map(([, name = ""]) => name))];
  const needed = packages.map((name) => imports.get(name));
  if (needed.some((each) => each === undefined)) return undefined;
  const value = receiver === undefined ? info.name : receiver.startsWith("*") ? `(${receiver}).${info.name}` : `${receiver}.${info.name}`;
  const all = [...needed.filter((each) => each !== undefined), "testing"].sort();
  const name = `Test${(info.owner ?? "").replace(/^\w/, (letter) => letter.toUpperCase())}${info.name}KeepsItsSignature`;
  return {
    path,
    text: [
      `${licenceOf(example)}package ${package_}`,
      "",
      ...(all.length === 1 ? ['import "testing"'] : ["import (", ...all.map((each) => `\t"${each}"`), ")"]),
      "",
      "// Programs outside of this package are built against it: a change must not go unnoticed.",
      `func ${name}(t *testing.T) {`,
      `\tif _, same := interface{}(${value}).(${signature}); !same {`,
      `\t\tt.Errorf("${info.name} is a %T now", ${value})`,
      "\t}",
      "}",
      "",
    ].join("\n"),
  };
};
