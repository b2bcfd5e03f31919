import { route } from "@/server/http/route";
import { describeSandbox } from "@/server/setup";

export const dynamic = "force-dynamic";

export const GET = route({}, async ({ services }) => {
  const report = await services.executor.report();
  const executor = { kind: services.executor.kind, ...describeSandbox(report) };
  // Without its cluster the server still serves what is kept: no reason to be restarted.
  return { status: "healthy", version: services.version, kubernetes: report.cluster === true, executors: [executor] };
});
