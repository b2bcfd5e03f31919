import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactElement } from "react";
import { ProjectChecks } from "@/components/checks/project-checks";
import { EnvironmentView } from "@/components/environment/environment-view";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";
import { type EnvironmentResponse, projectIdSchema } from "@/lib/protocol/environment";
import { isAppError } from "@/server/app-error";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Environment" };

/** What a project's sandboxes start with. */
export default async function ProjectPage({ params }: { params: Promise<{ id: string }> }): Promise<ReactElement> {
  const environment = await find((await params).id);
  if (environment === undefined) notFound();
  return (
    <PageFrame current="projects">
      <PageTitle>Environment of {environment.name}</PageTitle>
      <EnvironmentView initial={environment} />
      <div className="mt-8 max-w-[760px]">
        <ProjectChecks projectId={environment.project_id} />
      </div>
    </PageFrame>
  );
}

async function find(id: string): Promise<EnvironmentResponse | undefined> {
  if (!projectIdSchema.safeParse(id).success) return undefined;
  try {
    return await getServices().environment.describe(id);
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") return undefined;
    throw error;
  }
}
