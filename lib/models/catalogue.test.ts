import { expect, it } from "vitest";
import { knownModels } from "../pricing/prices";
import { cataloguedModels, modelEntry } from "./catalogue";

it("has an entry for every model whose price is known", () => {
  expect(cataloguedModels()).toEqual(expect.arrayContaining(knownModels()));
});

it.each([
  ["claude-sonnet-5-5", { thinking: "adaptive", temperature: "no", contextTokens: 1_000_000 }],
  ["claude-opus-5-5", { thinking: "always", temperature: "no", maxOutputTokens: 128_000 }],
  ["claude-sonnet-5-5-20260928", { thinking: "adaptive", images: true }],
  ["claude-fable-7", { thinking: "adaptive", temperature: "no" }],
  ["claude-haiku-4-5-20251001", { thinking: "budget", temperature: "without_thinking", contextTokens: 200_000 }],
  ["qwen3-coder:30b", { thinking: "none", temperature: "yes", images: false }],
  ["claude-sonnet-5-50", { thinking: "adaptive" }],
  ["demo", { thinking: "adaptive", temperature: "yes" }],
  ["script:edits", { thinking: "adaptive" }],
  ["toString", { thinking: "none" }],
])("says what %s takes", (model, part) => {
  expect(modelEntry(model)).toMatchObject(part);
});
