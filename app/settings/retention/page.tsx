import type { Metadata } from "next";
import Link from "next/link";
import { connection } from "next/server";
import type { ReactElement } from "react";
import { ConfiguredList } from "@/components/settings/configured-list";
import { KeptList } from "@/components/settings/kept-list";
import { SettingsSection } from "@/components/settings/settings-section";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Retention" };

export default async function RetentionPage(): Promise<ReactElement> {
  await connection(); // Never while building: there are no services then.
  const { settings, server } = getServices();
  const [{ retention }, { reconcile }] = await Promise.all([settings.describe(), server.describe()]);
  return (
    <SettingsSection title="Retention" note="How long what nobody needs is kept. The server looks at its start and once an hour.">
      <ConfiguredList label="Retention" rows={retention} />
      <KeptList kept={reconcile?.kept} />
      <p className="text-meta text-muted">
        What was removed, and the button to look now, are on the page{" "}
        <Link href="/server" className="text-text underline decoration-line-strong underline-offset-3">
          Server
        </Link>
        .
      </p>
    </SettingsSection>
  );
}
