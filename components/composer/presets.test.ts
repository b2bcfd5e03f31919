import { expect, it } from "vitest";
import { configOf, type LineUpEntry, readLineUp, repeatEntry } from "./line-up-entry";
import { lineUpSummary, withPreset } from "./presets";

const entry = (model: string, instructions = ""): LineUpEntry => ({ agent: "builtin", model, instructions });
const setup = { default_model: "demo", demo: true, models: [{ id: "demo", label: "demo model", kind: "demo" as const }] };

it("keeps a line-up under a name, once, whatever the letter case", () => {
  const first = withPreset([], { name: " Three ", lineUp: [entry("a")] });
  const second = withPreset(first, { name: "Other", lineUp: [entry("b")] });
  expect(second.map(({ name }) => name)).toEqual(["Other", "Three"]);
  const replaced = withPreset(second, { name: "three", lineUp: [entry("c")] });
  expect(replaced.map(({ name, lineUp }) => [name, lineUp[0]?.model])).toEqual([
    ["Other", "b"],
    ["three", "c"],
  ]);
});

it("says a line-up in a few words", () => {
  expect(lineUpSummary([entry("demo"), entry("demo"), entry("claude-opus-5-5")])).toBe("2 × demo model, claude-opus-5-5");
});

it("repeats one agent within the bounds", () => {
  expect(repeatEntry(entry("demo"), 3)).toHaveLength(3);
  expect(repeatEntry(entry("demo"), 9)).toHaveLength(5);
});

it("asks for instructions only where there are some", () => {
  expect(configOf(entry("demo", "  "))).toEqual({ agent: "builtin", model: "demo" });
  expect(configOf(entry("demo", " be brief "))).toEqual({ agent: "builtin", model: "demo", instructions: "be brief" });
});

it("reads what was kept with care: models of another server become this one's", () => {
  const kept = [{ model: "claude-opus-5-5", instructions: 5 }, "nonsense", { model: "script:gone", instructions: "x" }];
  expect(readLineUp(kept, setup)).toEqual([entry("demo"), entry("demo"), entry("demo", "x")]);
  expect(readLineUp(kept, { ...setup, demo: false })?.map(({ model }) => model)).toEqual(["claude-opus-5-5", "demo", "demo"]);
  expect(readLineUp([], setup)).toBeUndefined();
  expect(readLineUp("x", setup)).toBeUndefined();
});
