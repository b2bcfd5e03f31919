import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { LivePanes } from "@/components/run/live-panes";
import { createPaneStore } from "@/components/run/pane-store";
import { createTranscriptStore, TranscriptContext } from "@/components/transcript/transcript-store";
import { scheduleFrame } from "@/lib/client/frame-schedule";
import { createRunStore, type RunStore } from "@/lib/client/run-store";
import { useRunOutline } from "@/lib/client/use-run";
import type { RunEvent } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { renderCounts } from "./counting/jsx-runtime";
import type { LivePage } from "./live-page-types";

const panes = createPaneStore("live", 5);
const transcripts = createTranscriptStore();
const nothing = (): void => undefined;

function Page({ store }: { store: RunStore }) {
  const run = useRunOutline(store);
  return (
    <TranscriptContext value={transcripts}>
      <LivePanes run={run} store={store} panes={panes} onSelect={nothing} onDiff={nothing} onFind={nothing} onComment={nothing} />
    </TranscriptContext>
  );
}

/** The product's panes and its store, fed by whoever calls `window.live.feed` instead of a socket. */
function open(events: RunEvent[]): LivePage {
  const initial = reduceRun(emptyRun("live"), events);
  const store = createRunStore({ initial, schedule: scheduleFrame });
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no #root");
  createRoot(root).render(
    <StrictMode>
      <Page store={store} />
    </StrictMode>,
  );
  return {
    feed: (more) => void store.apply(more),
    lastSeq: store.lastSeq,
    takeCounts: () => {
      const taken = { ...renderCounts };
      for (const name of Object.keys(renderCounts)) delete renderCounts[name];
      return taken;
    },
  };
}

window.live = open(window.recorded ?? []);
