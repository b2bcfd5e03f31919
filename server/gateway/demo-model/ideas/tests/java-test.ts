import { posix } from "node:path";
import { licenceOf, type TestWriter } from "./test-writer";

const KNOWN =
  /^(int|long|short|byte|char|boolean|double|float|void|String|Object|Integer|Long|Boolean|Double|Character|CharSequence|Number)(\[\])?$/;

/** Pins a method's signature, and what it says to null, with JUnit 4 or 5. */
export const writeJavaTest: TestWriter = ({ example, paths }, file, info, guarded) => {
  const { owner } = info;
  const [, package_] = /^package\s+([\w.]+);/m.exec(file.code) ?? [];
  const [, examplePackage] = /^package\s+([\w.]+);/m.exec(example.text) ?? [];
  const name = `${owner}${info.name.replace(/^\w/, (letter) => letter.toUpperCase())}Test`;
  const path = posix.join(posix.dirname(example.path), `${name}.java`);
  const types = info.parameters.map(({ type = "" }) => type);
  if (owner === undefined || package_ !== examplePackage || paths.includes(path) || !info.isPublic || info.returns === undefined)
    return undefined;
  if (![...types, info.returns].every((type) => KNOWN.test(type) || type === owner)) return undefined;
  const isJupiter = example.text.includes("org.junit.jupiter");
  if (!isJupiter && !example.text.includes("org.junit.Test")) return undefined;
  const refuses = guarded !== undefined && info.isPlain && isJupiter && types.length === 1;
  const home = isJupiter ? "org.junit.jupiter.api.Assertions" : "org.junit.Assert";
  const open = isJupiter ? "" : "public ";
  const indent = /^(\t| {2,4})\S/m.exec(example.text)?.[1] ?? "    ";
  const arguments_ = types.map((type) => `, ${type}.class`).join("");
  return {
    path,
    text: [
      `${licenceOf(example)}${package_ === undefined ? "" : `package ${package_};\n`}`,
      `import static ${home}.assertEquals;`,
      ...(refuses ? [`import static ${home}.assertThrows;`] : []),
      "",
      `import org.junit.${isJupiter ? "jupiter.api." : ""}Test;`,
      "",
      "/**",
      ` * Tests the contract of {@link ${owner}#${info.name}}: programs are compiled against it.`,
      " */",
      `public class ${name} {`,
      "",
      `${indent}@Test`,
      `${indent}${open}void testSignature() throws NoSuchMethodException {`,
      `${indent}${indent}assertEquals(${info.returns}.class, ${owner}.class.getMethod("${info.name}"${arguments_}).getReturnType());`,
      `${indent}}`,
      ...(refuses
        ? [
            "",
            `${indent}@Test`,
            `${indent}${open}void testNull() {`,
            `${indent}${indent}assertThrows(NullPointerException.class, () -> ${owner}.${info.name}((${types[0]}) null));`,
            `${indent}}`,
          ]
        : []),
      "}",
      "",
    ].join("\n"),
  };
};
