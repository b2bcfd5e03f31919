import { route } from "@/server/http/route";
import { describeSandbox } from "@/server/setup";

export const dynamic = "force-dynamic";

export const GET = route({}, async ({ services }) => {
  const executor = { kind: services.executor.kind, ...describeSandbox(await services.executor.report()) };
  return { status: "healthy", version: services.version, kubernetes: false, executors: [executor] };
});
