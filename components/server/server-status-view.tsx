"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { getServerStatus } from "@/lib/client/api";
import { formatAge } from "@/lib/format";
import type { ServerStatusResponse } from "@/lib/protocol/server-status";
import { DiskMeter } from "./disk-meter";
import { SandboxMeasures } from "./sandbox-measures";
import { TidyReport } from "./tidy-report";

const REFRESH_MS = 5_000;

/** The server at work: how full it is, what its sandboxes hold apart, what lies on its disk and what was tidied up. */
export function ServerStatusView({ initial, now }: { initial: ServerStatusResponse; now: number }): ReactElement {
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ["server"],
    queryFn: getServerStatus,
    initialData: initial,
    initialDataUpdatedAt: now,
    refetchInterval: REFRESH_MS,
  });
  const { running, waiting, capacity } = data.queue;
  return (
    <div className="grid gap-8">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
        <Fact name="Version">{data.version}</Fact>
        <Fact name="Running since">{ago(Date.parse(data.started_at), dataUpdatedAt)}</Fact>
        <Fact name="Agents at work">
          {running} of {capacity}
        </Fact>
        <Fact name="Waiting">{waiting}</Fact>
      </dl>
      <Section title="Sandbox" note={data.sandbox.summary}>
        <SandboxMeasures sandbox={data.sandbox} />
      </Section>
      <Section title="Disk" note={data.data_dir}>
        <DiskMeter disk={data.reconcile?.disk ?? null} />
      </Section>
      <Section
        title="Tidied up"
        note={`Unsaved work is kept for ${data.retention.kept_trees_days} days, then ${data.retention.trash_days} more in the trash.`}
      >
        <TidyReport report={data.reconcile} now={dataUpdatedAt} />
      </Section>
    </div>
  );
}

function Section({ title, note, children }: { title: string; note: string; children: ReactNode }): ReactElement {
  return (
    <section className="min-w-0">
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
        <h2 className="font-semibold text-page">{title}</h2>
        <p className="min-w-0 text-meta text-muted [overflow-wrap:anywhere]">{note}</p>
      </div>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div className="min-w-0">
      <dt className="text-meta text-muted">{name}</dt>
      <dd className="text-page tabular-nums">{children}</dd>
    </div>
  );
}

function ago(at: number, now: number): string {
  const age = formatAge(at, now);
  return age === "now" ? "just now" : age;
}
