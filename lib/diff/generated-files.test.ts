import { describe, expect, it } from "vitest";
import { matchesAttributePattern } from "./attribute-pattern";
import { createGeneratedFiles } from "./generated-files";

describe("a pattern of .gitattributes", () => {
  // Each answer is what `git check-attr` gives.
  it.each([
    ["*.ts", "a.ts", true],
    ["*.ts", "src/deep/a.ts", true],
    ["*.ts", "a.tsx", false],
    ["/a.ts", "a.ts", true],
    ["/a.ts", "src/a.ts", false],
    ["src/*.ts", "src/a.ts", true],
    ["src/*.ts", "src/deep/a.ts", false],
    ["src/*.ts", "lib/src/a.ts", false],
    ["src/**", "src/deep/a.ts", true],
    ["src/**", "src", false],
    ["**/gen/*.ts", "gen/a.ts", true],
    ["**/gen/*.ts", "x/y/gen/a.ts", true],
    ["src/**/a.ts", "src/a.ts", true],
    ["src/**/a.ts", "src/x/y/a.ts", true],
    ["src/", "src/a.ts", false],
    ["src", "src/a.ts", false],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[a-c]*.x", "bee.x", true],
    ["[!a-c]*.x", "bee.x", false],
    ["\\*.x", "*.x", true],
    ["\\*.x", "a.x", false],
    ["*a*b*c", "xaxbxcxc", true],
    ["größe*", "größe ☃.txt", true],
  ])("%s on %s: %s", (pattern, path, expected) => {
    expect(matchesAttributePattern(pattern, path)).toBe(expected);
  });

  it("made to take for ever does not", () => {
    expect(matchesAttributePattern("*a".repeat(60), "a".repeat(5_000) + "b")).toBe(false);
    expect(matchesAttributePattern("**/".repeat(60) + "x", "a/".repeat(500) + "y")).toBe(false);
  });
});

describe("generated files", () => {
  const root = `
# comment linguist-generated
*.snap linguist-generated
"with space.ts" linguist-generated=true
docs/api/** linguist-generated
docs/api/hand.md -linguist-generated
package-lock.json -linguist-generated
vendor/ours/* linguist-vendored=false
copied/* linguist-vendored
`;
  const reason = createGeneratedFiles([
    { folder: "packages/x", text: "*.snap !linguist-generated\ndist/* linguist-generated" },
    { folder: "", text: root },
  ]);

  it.each([
    ["src/app.ts", null],
    ["test/a.snap", "attribute"],
    ["with space.ts", "attribute"],
    ["docs/api/x/y.md", "attribute"],
    ["docs/api/hand.md", null],
    ["package-lock.json", null],
    ["sub/Cargo.lock", "lock_file"],
    ["go.sum", "lock_file"],
    ["public/app.min.js", "minified"],
    ["public/app.js.map", "minified"],
    ["node_modules/x/index.js", "vendored"],
    ["vendor/theirs/a.go", "vendored"],
    ["vendor/ours/a.go", null],
    ["copied/a.c", "vendored"],
    ["api/user.pb.go", "generator"],
    ["packages/x/a.snap", null],
    ["packages/x/dist/a.js", "attribute"],
    ["packages/y/dist/a.js", null],
    ["src/vendors.ts", null],
  ])("%s: %s", (path, expected) => {
    expect(reason(path)).toBe(expected);
  });
});
