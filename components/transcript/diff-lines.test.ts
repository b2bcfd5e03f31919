import { describe, expect, it } from "vitest";
import { diffLines } from "./diff-lines";

describe("a unified diff as lines", () => {
  it("leaves out file headers and a single hunk mark", () => {
    const diff = "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n";
    expect(diffLines(diff)).toEqual([
      { kind: "context", text: " same" },
      { kind: "delete", text: "-old" },
      { kind: "add", text: "+new" },
    ]);
  });

  it("keeps the marks of several hunks and headers of later files out", () => {
    const diff =
      "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n--- looks like a header\n+c\ndiff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n+d";
    expect(diffLines(diff).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "hunk @@ -1 +1 @@",
      "delete -a",
      "add +b",
      "hunk @@ -9 +9 @@",
      "delete --- looks like a header",
      "add +c",
      "hunk @@ -1 +1 @@",
      "add +d",
    ]);
  });

  it("takes a diff without hunk marks as a body", () => {
    expect(diffLines("--- x\n+y").map(({ kind }) => kind)).toEqual(["delete", "add"]);
  });
});
