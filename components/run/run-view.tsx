"use client";

import { Tabs } from "radix-ui";
import { type MouseEvent, type ReactElement, useCallback, useState } from "react";
import { DiffView } from "@/components/diff/diff-view";
import { useDiffPrefetch } from "@/components/diff/use-diff-prefetch";
import { LandDialog } from "@/components/land/land-dialog";
import type { LandWay } from "@/components/land/land-words";
import { SelectDialog } from "@/components/select/select-dialog";
import { TopBar } from "@/components/shell/top-bar";
import { Button } from "@/components/ui/button";
import { Key } from "@/components/ui/key";
import { useRun, useRunStore } from "@/lib/client/use-run";
import { changeTotals } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { Announcer } from "./announcer";
import { ConnectionState } from "./connection-state";
import { LivePanes } from "./live-panes";
import { NowProvider } from "./now";
import { OfflineBanner } from "./offline-banner";
import { PauseBanner } from "./pause-banner";
import { RestartBanner } from "./restart-banner";
import { RunHeader } from "./run-header";
import { ScoreboardStrip } from "./scoreboard-strip";
import { SetupStrip } from "./setup-strip";
import { ShortcutsDialog } from "./shortcuts-dialog";
import { useRunKeys } from "./use-run-keys";
import { type RunTab, useRunTab } from "./use-run-tab";

const tabLook =
  "inline-flex h-9 items-center gap-1.5 px-2.5 text-muted hover:text-text focus-visible:-outline-offset-2 data-[state=active]:text-text data-[state=active]:shadow-[inset_0_-2px_var(--text)]";

/** The page of one run: what its agents do, live, and what came of it. `initial` and `now` are the server's. */
export function RunView({ initial, now }: { initial: RunState; now: number }): ReactElement {
  const { store, connection } = useRunStore(initial);
  const run = useRun(store);
  const { tab, rightSide, show } = useRunTab();
  useDiffPrefetch(run);
  const [focused, setFocused] = useState(0);
  const [maximised, setMaximised] = useState<number>();
  const [selecting, setSelecting] = useState<{ variation: number | undefined }>();
  const [landing, setLanding] = useState<{ variation: number; way?: LandWay }>();
  const [help, setHelp] = useState(false);

  const onSelect = useCallback((variation: number) => setSelecting({ variation }), []);
  const onDiff = useCallback((variation: number) => show("diff", variation), [show]);
  const onMaximise = useCallback((variation: number) => {
    setFocused(variation);
    setMaximised((before) => (before === variation ? undefined : variation));
  }, []);

  const onPane = (variation: number): void => {
    if (run.variations.length <= variation) return;
    onMaximise(variation);
    const transcript = document.querySelector<HTMLElement>(`[data-pane="${variation}"] [role="log"]`);
    // A pane that is still out of sight cannot take the focus: after the next rendering it can.
    requestAnimationFrame(() => transcript?.focus());
  };
  useRunKeys(
    {
      onPane,
      onRestore: () => setMaximised(undefined),
      onSelect: () => run.base !== undefined && setSelecting({ variation: tab === "live" ? focused : rightSide }),
      onDiff: () => show("diff"),
      onLive: () => show("live"),
      onHelp: () => setHelp(true),
    },
    tab === "live",
  );

  return (
    <NowProvider initial={now}>
      <div data-last-seq={run.lastSeq} data-status={run.status} className="flex h-dvh flex-col overflow-hidden">
        <TopBar current="runs">
          <ConnectionState status={connection} />
        </TopBar>
        <Tabs.Root asChild value={tab} onValueChange={(value) => show(value as RunTab)} activationMode="manual">
          <main className="flex min-h-0 flex-1 flex-col">
            <RunHeader run={run} onLand={(variation) => setLanding({ variation })} />
            <OfflineBanner connection={connection} />
            <RestartBanner run={run} />
            <SetupStrip run={run} />
            <PauseBanner run={run} />
            <div className="flex h-9 shrink-0 items-center border-line border-b px-4">
              <Tabs.List aria-label="Views of the run" className="flex gap-1">
                <Tabs.Trigger value="live" className={tabLook} onMouseDown={quietly(() => show("live"))}>
                  Live
                </Tabs.Trigger>
                <Tabs.Trigger value="diff" className={tabLook} onMouseDown={quietly(() => show("diff"))}>
                  Diff <ChangedFiles run={run} />
                </Tabs.Trigger>
              </Tabs.List>
              <span className="flex-1" />
              <Button kind="quiet" onClick={() => setHelp(true)} className="max-[700px]:hidden">
                Shortcuts <Key>?</Key>
              </Button>
            </div>
            {/* Stays there while the diff is looked at: panes keep their place. */}
            <Tabs.Content value="live" forceMount tabIndex={-1} className="min-h-0 flex-1 data-[state=inactive]:hidden">
              <LivePanes
                run={run}
                focused={focused}
                maximised={maximised}
                onSelect={onSelect}
                onDiff={onDiff}
                onMaximise={onMaximise}
                onFocusPane={setFocused}
              />
            </Tabs.Content>
            <Tabs.Content value="diff" tabIndex={-1} className="flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden">
              <ScoreboardStrip run={run} onSelect={onSelect} />
              <div className="min-h-0 flex-1">
                <DiffView run={run} />
              </div>
            </Tabs.Content>
          </main>
        </Tabs.Root>
        <Announcer run={run} />
      </div>
      {selecting !== undefined && (
        <SelectDialog
          run={run}
          variation={selecting.variation}
          onClose={() => setSelecting(undefined)}
          onSelected={(variation, way) => {
            setSelecting(undefined);
            setLanding({ variation, way });
          }}
        />
      )}
      {landing !== undefined && <LandDialog run={run} {...landing} onClose={() => setLanding(undefined)} />}
      <ShortcutsDialog open={help} onClose={() => setHelp(false)} />
    </NowProvider>
  );
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
