"use client";

import dynamic from "next/dynamic";
import { Tabs } from "radix-ui";
import { type MouseEvent, type ReactElement, useCallback, useEffect, useState } from "react";
import { ChecksView } from "@/components/checks/checks-code";
import { OpenChecks } from "@/components/checks/open-checks";
import { ComposeView } from "@/components/compose/compose-code";
import { DiffView } from "@/components/diff/diff-code";
import type { LandWay } from "@/components/land/land-words";
import { useOverlays } from "@/components/palette/registry";
import { TopBar } from "@/components/shell/top-bar";
import { createTranscriptStore, TranscriptContext } from "@/components/transcript/transcript-store";
import type { RunStore } from "@/lib/client/run-store";
import { useLastSeq, useRunOutline, useRunStore } from "@/lib/client/use-run";
import { changeTotals } from "@/lib/run/select";
import type { RunState, TreeSource } from "@/lib/run/state";
import { ConnectionState } from "./connection-state";
import { LivePanes } from "./live-panes";
import { LiveTools } from "./live-tools";
import { NowProvider } from "./now";
import { OfflineBanner } from "./offline-banner";
import { paneKeys } from "./pane-keys";
import { createPaneStore } from "./pane-store";
import { PauseBanner } from "./pause-banner";
import { RunHeader } from "./run-header";
import { ScoreboardStrip } from "./scoreboard-strip";
import { useFind } from "./use-find";
import { useItems } from "./use-items";
import { useRunKeys } from "./use-run-keys";
import { type RunTab, useRunTab } from "./use-run-tab";

/** What a run can be watched without comes when it is asked for. */
const RestartBanner = dynamic(() => import("./restart-banner").then((module) => module.RestartBanner));
const SetupStrip = dynamic(() => import("./setup-strip").then((module) => module.SetupStrip));
const DiffPrefetch = dynamic(() => import("@/components/diff/diff-prefetch").then((module) => module.DiffPrefetch), { ssr: false });
const RunCommands = dynamic(() => import("./run-commands").then((module) => module.RunCommands), { ssr: false });
const PrintSummary = dynamic(() => import("./print-summary").then((module) => module.PrintSummary), { ssr: false });
const Announcer = dynamic(() => import("./announcer").then((module) => module.Announcer), { ssr: false });
const MessageBar = dynamic(() => import("@/components/comments/message-bar").then((module) => module.MessageBar), {
  ssr: false,
  loading: () => <div className="min-h-11 shrink-0 border-line border-t bg-panel max-[700px]:min-h-[79px]" />,
});
const CommentsPanel = dynamic(() => import("@/components/comments/comments-panel").then((module) => module.CommentsPanel), { ssr: false });
const FindBar = dynamic(() => import("./find-bar").then((module) => module.FindBar), { ssr: false });
const LandDialog = dynamic(() => import("@/components/land/land-dialog").then((module) => module.LandDialog), { ssr: false });
const SelectDialog = dynamic(() => import("@/components/select/select-dialog").then((module) => module.SelectDialog), { ssr: false });

const tabLook =
  "inline-flex h-9 items-center gap-1.5 px-2.5 text-muted hover:text-text focus-visible:-outline-offset-2 data-[state=active]:text-text data-[state=active]:shadow-[inset_0_-2px_var(--text)]";

/** The page of one run: what its agents do, live, and what came of it. `initial` and `now` are the server's. */
export function RunView({ initial, now }: { initial: RunState; now: number }): ReactElement {
  const { store, connection } = useRunStore(initial);
  const run = useRunOutline(store);
  const { tab, rightSide, show } = useRunTab();
  const [panes] = useState(() => createPaneStore(initial.runId, initial.variations.length));
  const [transcripts] = useState(createTranscriptStore);
  const [selecting, setSelecting] = useState<{ what: TreeSource | undefined }>();
  const [landing, setLanding] = useState<{ what: TreeSource; way?: LandWay; atOnce?: boolean }>();
  const showOverlay = useOverlays((overlays) => overlays.show);
  useEffect(() => panes.getState().connect(), [panes]);

  const onSelectSource = useCallback((what: TreeSource) => setSelecting({ what }), []);
  const onSelect = useCallback((winner: number) => setSelecting({ what: { winner } }), []);
  const onLand = useCallback((what: TreeSource) => setLanding({ what }), []);
  const onDiff = useCallback((variation: number) => show("diff", variation), [show]);
  const onLive = useCallback(() => show("live"), [show]);
  const items = useItems({ store, panes, transcripts, onLive });
  const onComment = useCallback(
    (seq: number | undefined) =>
      void import("@/components/comments/comment-on-item").then(({ commentOnItem }) => commentOnItem(store, seq)),
    [store],
  );
  const find = useFind(panes);

  useRunKeys(
    {
      ...paneKeys(panes, transcripts, items, find),
      onSelect: () => {
        const winner = tab === "live" ? panes.getState().focused : rightSide;
        if (run.base !== undefined) setSelecting({ what: winner === undefined ? undefined : { winner } });
      },
      onDiff: () => show("diff"),
      onChecks: () => show("checks"),
      onLive,
      onMessage: () => document.querySelector<HTMLElement>("[data-message-field]")?.focus(),
      onComment: () => onComment(transcripts.getState().marked),
      onCompose: () => show("compose"),
    },
    tab === "live",
  );

  return (
    <NowProvider initial={now}>
      <div data-status={run.status} className="flex h-dvh flex-col overflow-hidden print:hidden">
        <TopBar current="runs">
          <ConnectionState status={connection} />
        </TopBar>
        <Tabs.Root asChild value={tab} onValueChange={(value) => show(value as RunTab)} activationMode="manual">
          <main className="flex min-h-0 flex-1 flex-col">
            <RunHeader run={run} onLand={onLand} />
            <OfflineBanner connection={connection} />
            {run.restart !== undefined && <RestartBanner run={run} />}
            {run.setup !== undefined && <SetupStrip run={run} />}
            <PauseBanner run={run} />
            <div className="relative flex h-9 shrink-0 items-center border-line border-b px-4 max-[700px]:px-2">
              <Tabs.List aria-label="Views of the run" className="flex gap-1">
                <Tabs.Trigger value="live" className={tabLook} onMouseDown={quietly(() => show("live"))}>
                  Live
                </Tabs.Trigger>
                <Tabs.Trigger value="diff" className={tabLook} onMouseDown={quietly(() => show("diff"))}>
                  Diff <ChangedFiles run={run} />
                </Tabs.Trigger>
                <Tabs.Trigger value="checks" className={tabLook} onMouseDown={quietly(() => show("checks"))}>
                  Checks <OpenChecks run={run} />
                </Tabs.Trigger>
                <Tabs.Trigger value="compose" className={tabLook} onMouseDown={quietly(() => show("compose"))}>
                  Compose
                </Tabs.Trigger>
              </Tabs.List>
              <span className="flex-1" />
              {find.open && tab === "live" ? (
                <FindBar find={find} searched={{ store, panes, transcripts, items }} />
              ) : (
                <LiveTools
                  run={run}
                  panes={panes}
                  live={tab === "live"}
                  onFind={() => find.show(false)}
                  onHelp={() => showOverlay("shortcuts")}
                />
              )}
            </div>
            {tab !== "live" && <ScoreboardStrip run={run} panes={panes} onSelect={onSelectSource} />}
            <div className="relative flex min-h-0 flex-1">
              <div className="flex min-h-0 min-w-0 flex-1 flex-col">
                {/* Stays there while the diff is looked at: panes keep their place. */}
                <Tabs.Content value="live" forceMount tabIndex={-1} className="min-h-0 flex-1 data-[state=inactive]:hidden">
                  <TranscriptContext value={transcripts}>
                    <LivePanes
                      run={run}
                      store={store}
                      panes={panes}
                      onSelect={onSelect}
                      onDiff={onDiff}
                      onFind={find.showIn}
                      onComment={onComment}
                    />
                  </TranscriptContext>
                </Tabs.Content>
                <Tabs.Content value="diff" tabIndex={-1} className="min-h-0 flex-1 data-[state=inactive]:hidden">
                  <DiffView run={run} />
                </Tabs.Content>
                <Tabs.Content value="checks" tabIndex={-1} className="min-h-0 flex-1 data-[state=inactive]:hidden">
                  <ChecksView run={run} />
                </Tabs.Content>
                <Tabs.Content value="compose" tabIndex={-1} className="min-h-0 flex-1 data-[state=inactive]:hidden">
                  <ComposeView run={run} store={store} onLand={onLand} />
                </Tabs.Content>
              </div>
              <CommentsPanel run={run} />
            </div>
            <MessageBar run={run} />
          </main>
        </Tabs.Root>
        <Announcer run={run} panes={panes} />
        <LastSeq store={store} />
        <DiffPrefetch run={run} />
        <RunCommands run={run} onSelect={onSelect} onLand={onLand} />
      </div>
      <PrintSummary run={run} />
      {selecting !== undefined && (
        <SelectDialog
          run={run}
          what={selecting.what}
          onClose={() => setSelecting(undefined)}
          onSelected={(what, way) => {
            setSelecting(undefined);
            // A branch in the run's own repository touches nothing of anybody's: there is nothing to ask again.
            setLanding({ what, way, atOnce: way === "branch" });
          }}
        />
      )}
      {landing !== undefined && <LandDialog run={run} {...landing} onClose={() => setLanding(undefined)} />}
    </NowProvider>
  );
}

/** How far the log is shown, for programs that drive the page. Apart, so that it alone is rendered with every event. */
function LastSeq({ store }: { store: RunStore }): ReactElement {
  return <span hidden data-last-seq={useLastSeq(store)} />;
}

/** A press of the mouse opens a tab without the ring that keyboards need: a tab that focuses itself would get it. */
function quietly(open: () => void): (event: MouseEvent<HTMLButtonElement>) => void {
  return (event) => {
    if (event.button !== 0 || event.ctrlKey) return;
    event.preventDefault();
    const options: FocusOptions & { focusVisible: boolean } = { preventScroll: true, focusVisible: false };
    event.currentTarget.focus(options);
    open();
  };
}

/** Files that differ from the base in any variation; tools name most of them, snapshots know how many there are. */
function ChangedFiles({ run }: { run: RunState }): ReactElement | null {
  const named = new Set(run.variations.flatMap(({ files }) => Object.keys(files))).size;
  const count = Math.max(named, ...run.variations.map((variation) => changeTotals(variation).files));
  if (count === 0) return null;
  return (
    <span className="text-[11px] text-faint tabular-nums">
      {count}
      <span className="sr-only">{count === 1 ? " file" : " files"}</span>
    </span>
  );
}
