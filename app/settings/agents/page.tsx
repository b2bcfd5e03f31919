import type { Metadata } from "next";
import Link from "next/link";
import { connection } from "next/server";
import type { ReactElement } from "react";
import { AvailableList } from "@/components/settings/available-list";
import { SettingsSection } from "@/components/settings/settings-section";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Agents" };

export default async function AgentsPage(): Promise<ReactElement> {
  await connection(); // Never while building: there are no services then.
  const { agents, models } = await getServices().settings.describe();
  return (
    <SettingsSection title="Agents" note="What can work in a variation on this server, and which models can answer it.">
      <AvailableList label="Agents" rows={agents} />
      <h3 className="-mb-3 font-medium text-body">Models</h3>
      <AvailableList label="Models" rows={models} />
      <p className="text-meta text-muted">
        What keeps agents apart on this machine is on the page{" "}
        <Link href="/server" className="text-text underline decoration-line-strong underline-offset-3">
          Server
        </Link>
        .
      </p>
    </SettingsSection>
  );
}
