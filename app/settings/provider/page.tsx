import type { Metadata } from "next";
import { connection } from "next/server";
import type { ReactElement } from "react";
import { ProviderKey } from "@/components/settings/provider-key";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Provider key" };

export default async function ProviderPage(): Promise<ReactElement> {
  await connection(); // Never while building: there are no services then.
  return <ProviderKey initial={getServices().provider.describe()} />;
}
