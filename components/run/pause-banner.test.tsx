import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { emptyRun, type RunState } from "@/lib/run/state";
import { NowProvider } from "./now";
import { PauseBanner } from "./pause-banner";

const paused = { until: 100_000, reason: "The provider is overloaded (529)." };
const text = (run: Partial<RunState>, now: number): string =>
  renderToStaticMarkup(
    <NowProvider initial={now}>
      <PauseBanner run={{ ...emptyRun("r"), status: "running", ...run }} />
    </NowProvider>,
  ).replace(/<[^>]*>/g, "");

test("a paused run says for how long, why, and that it goes on by itself", () => {
  expect(text({ paused }, 77_000)).toBe(
    "The run is paused for 23s. The provider is overloaded (529). All variations wait and go on by themselves.",
  );
  expect(text({ paused }, 100_001)).toContain("one call is tried now");
});

test("a run that is not paused, or has ended, says nothing", () => {
  expect(text({}, 0)).toBe("");
  expect(text({ paused, status: "cancelled" }, 77_000)).toBe("");
});
