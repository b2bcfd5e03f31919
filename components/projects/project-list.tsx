"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { listProjects, problemFrom } from "@/lib/client/api";
import { formatAge, formatDollars } from "@/lib/format";
import type { ListProjectsResponse, ProjectResponse } from "@/lib/protocol/spending";

const columns = "grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 sm:grid-cols-[minmax(140px,1fr)_minmax(0,2fr)_90px_150px]";

/** Projects, the one used last first; `now` is the server's, in ms since the epoch. */
export function ProjectList({ initial, now }: { initial: ListProjectsResponse; now: number }): ReactElement {
  const [search, setSearch] = useState("");
  const query = useInfiniteQuery({
    queryKey: ["projects"],
    queryFn: ({ pageParam }) => listProjects(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    initialData: { pages: [initial], pageParams: [undefined] },
    initialDataUpdatedAt: now,
  });
  const projects = query.data.pages.flatMap((page) => page.projects);
  const wanted = search.trim().toLowerCase();
  const shown = projects.filter(({ name, url }) => `${name} ${url}`.toLowerCase().includes(wanted));

  if (projects.length === 0) {
    return (
      <div className="rounded-md border border-line px-4 py-3.5">
        <p>
          <b className="font-medium">No projects yet.</b>{" "}
          <span className="text-muted">A repository becomes one with its first run: what its sandboxes start with is set here.</span>
        </p>
        <Button kind="primary" size="medium" className="mt-3" asChild>
          <Link href="/">Start a run</Link>
        </Button>
      </div>
    );
  }
  return (
    <>
      <input
        type="search"
        aria-label="Search projects"
        placeholder="Search by name or address"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        className="field mb-4 h-9 max-w-[360px]"
      />
      <div aria-hidden="true" className={`${columns} h-7 items-center border-line border-b px-2 text-meta text-muted max-sm:hidden`}>
        <span>Name</span>
        <span>Repository</span>
        <span className="text-right">Used</span>
        <span className="text-right">Spent this month</span>
      </div>
      <ul aria-label="Projects">
        {shown.map((project) => (
          <Row key={project.project_id} project={project} now={now} />
        ))}
      </ul>
      <p role="status" className="px-2 py-3 text-meta text-muted empty:hidden">
        {shown.length === 0 && `No project is called “${search.trim()}”${query.hasNextPage ? " among those that are loaded" : ""}.`}
      </p>
      {query.hasNextPage && (
        <Button className="mt-3" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? "Loading…" : "Load more"}
        </Button>
      )}
      {query.error !== null && <p className="pt-3 text-meta text-muted">This list may be out of date. {problemFrom(query.error).detail}</p>}
    </>
  );
}

function Row({ project, now }: { project: ProjectResponse; now: number }): ReactElement {
  const { project_id, name, url, used_at, spent_this_month, monthly_dollars } = project;
  const age = formatAge(Date.parse(used_at), now);
  return (
    <li className="border-line border-b">
      <Link
        href={`/projects/${project_id}`}
        className={`${columns} min-h-[38px] items-center rounded-sm px-2 py-1.5 hover:bg-hover focus-visible:-outline-offset-2`}
      >
        <span className="truncate text-body">{name}</span>
        <code className="truncate text-muted max-sm:order-last max-sm:col-span-2">{url}</code>
        <time dateTime={used_at} title={used_at} className="text-right text-meta text-muted tabular-nums">
          {age}
        </time>
        <span className="text-right text-body tabular-nums max-sm:hidden">
          {formatDollars(spent_this_month)}
          {monthly_dollars !== null && <span className="text-muted"> of {formatDollars(monthly_dollars)}</span>}
        </span>
      </Link>
    </li>
  );
}
