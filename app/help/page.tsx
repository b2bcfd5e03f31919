import type { Metadata } from "next";
import { connection } from "next/server";
import type { ReactElement } from "react";
import { Glossary } from "@/components/help/glossary";
import { KeyReference } from "@/components/help/key-reference";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Help" };

/** All keys, and what the words mean. */
export default async function HelpPage(): Promise<ReactElement> {
  await connection(); // Never while building: there are no services then.
  return (
    <PageFrame>
      <PageTitle>Help</PageTitle>
      <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[340px_minmax(0,1fr)]">
        <KeyReference />
        <Glossary entries={await getServices().glossary()} />
      </div>
    </PageFrame>
  );
}
