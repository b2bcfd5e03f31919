import type { Metadata } from "next";
import { connection } from "next/server";
import type { ReactElement } from "react";
import { PriceEditor } from "@/components/settings/price-editor";
import { cataloguedModels } from "@/lib/models/catalogue";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Models and prices" };

export default async function PricesPage(): Promise<ReactElement> {
  await connection(); // Never while building: there are no services then.
  return <PriceEditor initial={getServices().prices.describe()} known={cataloguedModels()} />;
}
