import { redirect } from "next/navigation";

/** The first section. */
export default function SettingsPage(): never {
  redirect("/settings/appearance");
}
