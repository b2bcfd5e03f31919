import { describe, expect, it } from "vitest";
import { changeProjectChecksSchema, commandKinds, type ProjectChecksResponse } from "@/lib/protocol/checks";
import { formErrors, formOf, ownKinds, requestOf, serverErrors, storedCheck, takenOver, toggled } from "./check-settings";

const lint = { id: "npm:lint", name: "Lint", kind: "lint" as const, command: "npm run lint", from: "package.json", enabled: true };
const smoke = { id: "own:1", name: "Smoke", kind: "test" as const, command: "make smoke", from: null, enabled: false };
const stored: ProjectChecksResponse = {
  project_id: "0123456789abcdef",
  automatic: true,
  configured: [{ name: "Smoke", kind: "test", command: "make smoke", minutes: 40 }],
  disabled: ["own:1"],
  max_lines: null,
  minutes: 15,
  stop_when_passed: false,
  checks: [lint, smoke],
  available: { possible: true, reason: null },
};

it("offers the kinds that the API takes", () => {
  expect([...ownKinds].sort()).toEqual([...commandKinds].sort());
});

it("gives back what it was made from", () => {
  const { project_id: _, checks: __, available: ___, ...settings } = stored;
  expect(requestOf(formOf(stored))).toEqual(settings);
  expect(changeProjectChecksSchema.parse(requestOf(formOf(stored)))).toEqual(settings);
});

describe("formErrors", () => {
  it("stands at the field that is wrong", () => {
    const form = { ...formOf(stored), minutes: "0", maxLines: "1.5" };
    const own = [
      ...form.own,
      { key: "x", name: "smoke", command: " ", kind: "test" as const },
      { key: "y", name: "", command: "make", kind: "test" as const },
    ];
    expect([...formErrors({ ...form, own }).keys()]).toEqual(["minutes", "maxLines", "x.name", "x.command", "y.name"]);
    expect(formErrors(form.own.length === 1 ? { ...form, minutes: "0.5", maxLines: "" } : form).size).toBe(0);
  });
});

it("brings what the server says to its field", () => {
  const errors = [
    { field: "configured.0.command", message: "The command may not hold a NUL character." },
    { field: "max_lines", message: "Too many." },
    { field: "nothing", message: "?" },
  ];
  expect([...serverErrors({ errors }, formOf(stored))]).toEqual([
    ["own-0.command", "The command may not hold a NUL character."],
    ["maxLines", "Too many."],
  ]);
});

it("takes a detected check over, under a name of its own, and turns the detected one off", () => {
  const form = takenOver(formOf(stored), lint, "new");
  expect(form.disabled).toEqual(["own:1", "npm:lint"]);
  expect(form.own.at(-1)).toEqual({ key: "new", name: "Lint", command: "npm run lint", kind: "lint" });
  expect(takenOver(form, lint, "newer").own.at(-1)?.name).toBe("Lint (2)");
});

it("turns an own check on again by the id that it is stored under", () => {
  const form = formOf(stored);
  const [own] = form.own;
  if (own === undefined) throw new Error("none");
  expect(storedCheck(own, stored.checks)?.id).toBe("own:1");
  expect(storedCheck({ ...own, name: "New" }, stored.checks)).toBeUndefined();
  expect(toggled(form, "own:1", true).disabled).toEqual([]);
});
