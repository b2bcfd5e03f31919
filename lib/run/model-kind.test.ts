import { expect, test } from "vitest";
import { modelKind, modelLabel } from "./model-kind";

test.each([
  ["demo", "demo", "demo model"],
  ["script:edits", "script", "script edits"],
  ["claude-sonnet-5-5", "provider", "claude-sonnet-5-5"],
  ["demo-large", "provider", "demo-large"],
])("%s is of kind %s and called %s", (model, kind, label) => {
  expect(modelKind(model)).toBe(kind);
  expect(modelLabel(model)).toBe(label);
});
