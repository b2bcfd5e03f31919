import { wordsOf } from "../name-words";
import { licenceOf, type TestWriter } from "./test-writer";

const PLAIN =
  /^&?(mut )?([ui](8|16|32|64|128|size)|f32|f64|bool|char|str|String|\(\)|Self|(Option|Vec)<([ui](8|16|32|64|128|size)|bool|char|String)>|&\[u8\])$/;

/** Pins the signature of a function of the crate's root, in a file of `tests/`. */
export const writeRustTest: TestWriter = ({ example, manifest, paths }, file, info) => {
  const [, crate] = /^\s*\[package\][^[]*?^name\s*=\s*"([^"]+)"/ms.exec(manifest?.text ?? "") ?? [];
  const words = [...(info.owner === undefined ? [] : wordsOf(info.owner)), ...wordsOf(info.name)].join("_");
  const path = `tests/${words}.rs`;
  if (crate === undefined || file.path !== "src/lib.rs" || !/^tests\/[^/]+\.rs$/.test(example.path) || paths.includes(path))
    return undefined;
  if (!info.isPublic || !info.isPlain || info.parameters.some(({ name, type }) => name === "self" || type === undefined)) return undefined;
  const isOpen = info.owner === undefined || new RegExp(`^pub (struct|enum) ${info.owner}\\b(?!\\s*<)`, "m").test(file.code);
  if (!isOpen || /#\[cfg\(/.test(file.lines.slice(Math.max(0, info.startLine), info.headLine).join("\n"))) return undefined;
  const root = crate.replaceAll("-", "_");
  const own = `${root}::${info.owner ?? ""}`;
  const types = [...info.parameters.map(({ type = "" }) => type), info.returns ?? "()"];
  const said = types.map((type) =>
    info.owner !== undefined && (type === info.owner || type === "Self") ? own : PLAIN.test(type) ? type : undefined,
  );
  if (said.some((type) => type === undefined)) return undefined;
  const returns = said.pop() ?? "()";
  return {
    path,
    text: [
      `${licenceOf(example)}// Programs are built against it: a change must not go unnoticed.`,
      "#[test]",
      `fn ${words}_keeps_its_signature() {`,
      `    let _: fn(${said.join(", ")})${returns === "()" ? "" : ` -> ${returns}`} = ${info.owner === undefined ? `${root}::` : `${own}::`}${info.name};`,
      "}",
      "",
    ].join("\n"),
  };
};
