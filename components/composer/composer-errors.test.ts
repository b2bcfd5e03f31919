import { expect, it } from "vitest";
import { errorsOf, requestOf, standingErrors } from "./composer-errors";
import { type Draft, noLimits } from "./draft-store";

const draft: Draft = {
  repository: "https://github.com/acme/shop",
  base: "",
  prompt: "Do it",
  lineUp: [{ agent: "builtin", model: "demo", instructions: "" }],
  limits: noLimits,
  pictures: [],
};
const errors = (change: Partial<Draft>) => {
  const result = requestOf({ ...draft, ...change }, []);
  return "errors" in result ? result.errors : undefined;
};

it("asks for what was put together, and for nothing else", () => {
  expect(requestOf(draft, [])).toEqual({
    request: { github_url: draft.repository, prompt: "Do it", line_up: [{ agent: "builtin", model: "demo" }] },
  });
  const full = {
    ...draft,
    base: " release ",
    limits: { turns: "5", minutes: "", dollars: "0.5", runDollars: "2" },
    pictures: [{ id: "1", name: "a.png", type: "image/png" as const, bytes: 3, data: "AAAA" }],
  };
  expect(requestOf(full, [])).toMatchObject({
    request: { base: "release", agent_config: { limits: { turns: 5, dollars: 0.5 } }, max_dollars: 2, images: [{ data: "AAAA" }] },
  });
});

it("says what is wrong where it can be put right", () => {
  expect(errors({ repository: "" })).toEqual({ repository: "Pick a repository, or give its address." });
  expect(errors({ repository: "file:///etc" })?.repository).toContain("Only https://");
  expect(errors({ prompt: " " })).toEqual({ prompt: "The prompt is empty: say what should change." });
  expect(errors({ prompt: "x".repeat(32_005) })?.prompt).toContain("5 characters too long");
  expect(errors({ limits: { turns: "0", minutes: "x", dollars: "", runDollars: "-1" } })?.limits).toEqual({
    turns: "Give a whole number from 1 to 500.",
    minutes: "Give a number above 0, 1,440 at most.",
    runDollars: "Give a number above 0, 10,000 at most.",
  });
});

it("sorts the API's refusals by field", () => {
  const problem = (field: string) =>
    errorsOf({ type: "", title: "", status: 422, detail: "d", code: "c", errors: [{ field, message: "m" }] });
  expect(problem("line_up.1.model")).toEqual({ variations: { 1: "m" } });
  expect(problem("images.0.data")).toEqual({ pictures: "m" });
  expect(problem("max_dollars")).toEqual({ limits: { runDollars: "m" } });
  expect(problem("agent_config.limits.turns")).toEqual({ limits: { turns: "m" } });
  expect(problem("anything")).toEqual({ form: "m" });
});

it("drops an error as soon as its field changes", () => {
  const found = { repository: "r", pictures: "p", form: "f" };
  expect(standingErrors(found, draft, { ...draft, pictures: [] })).toMatchObject({ repository: "r", pictures: undefined, form: undefined });
});
