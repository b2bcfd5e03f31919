import type { Metadata } from "next";
import { connection } from "next/server";
import type { ReactElement } from "react";
import { ProjectList } from "@/components/projects/project-list";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";
import type { ListProjectsResponse } from "@/lib/protocol/spending";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Projects" };

/** Every repository that runs were started on. */
export default async function ProjectsPage(): Promise<ReactElement> {
  await connection(); // Never while building: there are no services then.
  return (
    <PageFrame current="projects">
      <PageTitle>Projects</PageTitle>
      <ProjectList {...(await load())} />
    </PageFrame>
  );
}

async function load(): Promise<{ initial: ListProjectsResponse; now: number }> {
  const { projects, nextCursor } = await getServices().projects.list({ limit: 100 });
  return { initial: { projects, next_cursor: nextCursor ?? null }, now: Date.now() };
}
