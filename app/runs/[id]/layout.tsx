import { notFound } from "next/navigation";
import type { ReactElement, ReactNode } from "react";
import { runIdSchema } from "@/lib/protocol/http";
import { getServices } from "@/server/services";

/** Outside of what `loading.tsx` streams: a run that is not there has to be known before the first byte, or the answer's status would be 200. */
export default async function RunLayout({
  params,
  children,
}: {
  params: Promise<{ id: string }>;
  children: ReactNode;
}): Promise<ReactElement> {
  const { id } = await params;
  if (!runIdSchema.safeParse(id).success || !(await getServices().runs.exists(id))) notFound();
  return <>{children}</>;
}
