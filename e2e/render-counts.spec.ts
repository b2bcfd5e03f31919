import { expect, type Page, test } from "@playwright/test";
import type { RunEventBody } from "@/lib/run/events";
import { bundleLive, openBare } from "../bench/live/bundle-live";
import { liveHistory } from "../bench/live/live-history";

const VARIATIONS = 3;

async function openPanes(page: Page): Promise<void> {
  const events = liveHistory(VARIATIONS, 60_000);
  await openBare(page, { script: await bundleLive({ counting: true }), styles: "", events });
  // Everything that was said before is drawn.
  await expect(page.locator('[role="log"][aria-busy="false"]')).toHaveCount(VARIATIONS);
}

/** Renderings per component that one event of variation B causes. */
async function countsOf(page: Page, event: RunEventBody): Promise<Record<string, number>> {
  return await page.evaluate(async (body) => {
    const { live } = window;
    if (live === undefined) throw new Error("the panes are not there");
    const frames = async (): Promise<void> => {
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    };
    // What was drawn before may still be finishing: texts become Markdown when their parser has come.
    do await frames();
    while (Object.keys(live.takeCounts()).length > 0);
    live.feed([{ runId: "live", seq: live.lastSeq() + 1, at: 9_000, variation: 1, event: body }]);
    await frames();
    return live.takeCounts();
  }, event);
}

/** From the pane whose agent speaks down to its last words; nothing else on the page. */
const oneTail = {
  PaneTranscript: 1,
  Transcript: 1,
  TranscriptChunk: 1,
  TranscriptItem: 1,
  Body: 1,
  TextItem: 1,
  StreamedText: 1,
  Piece: 1,
  Block: 1,
  OpenBlock: 1,
  AppendText: 1,
};

test("a token renders the one tail that it is part of, and nothing else", async ({ page }) => {
  await openPanes(page);
  const words = (text: string): RunEventBody => ({ type: "text.delta", block: "now", text });
  await countsOf(page, words("I have "));
  expect(await countsOf(page, words("read it"))).toEqual(oneTail);

  // Below many finished blocks of the same text it is no more.
  for (let block = 0; block < 12; block += 1) await countsOf(page, words(`.\n\nParagraph ${block} has **some words**`));
  expect(await countsOf(page, words(" and more"))).toEqual(oneTail);
  // A finished block is parsed once.
  const counts = await countsOf(page, words(".\n\nThe next"));
  expect(counts.LazyMarkdown).toBe(1);
  expect(counts).toMatchObject({ PaneTranscript: 1, TranscriptChunk: 1, TranscriptItem: 1 });
  expect(counts.ScoreCell).toBeUndefined();
});

test("output of a command renders its own row", async ({ page }) => {
  await openPanes(page);
  await countsOf(page, { type: "tool.started", callId: "now", tool: "command", kind: "command", title: "npm test" });
  await countsOf(page, { type: "tool.output", callId: "now", stream: "stdout", text: "first line\n" });
  const counts = await countsOf(page, { type: "tool.output", callId: "now", stream: "stdout", text: "second line\n" });
  expect(counts).toMatchObject({ PaneTranscript: 1, TranscriptChunk: 1, TranscriptItem: 1, ToolItem: 1, OutputText: 1 });
  for (const name of ["Pane", "ScoreCell", "PlanItem", "Markdown", "TextItem", "LivePanes"]) expect(counts[name], name).toBeUndefined();
});
