import type { Metadata } from "next";
import type { ReactElement } from "react";
import { Appearance } from "@/components/settings/appearance";

export const metadata: Metadata = { title: "Appearance" };

export default function AppearancePage(): ReactElement {
  return <Appearance />;
}
