import type { Metadata } from "next";
import { connection } from "next/server";
import type { ReactElement } from "react";
import { ConfiguredList } from "@/components/settings/configured-list";
import { SettingsSection } from "@/components/settings/settings-section";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Limits" };

export default async function LimitsPage(): Promise<ReactElement> {
  await connection(); // Never while building: there are no services then.
  const { limits } = await getServices().settings.describe();
  return (
    <SettingsSection
      title="Limits"
      note="What ends an attempt or lets it wait. Variables are read when the server starts: change one, then start the server again; agents at work go on."
    >
      <ConfiguredList label="Limits" rows={limits} />
    </SettingsSection>
  );
}
