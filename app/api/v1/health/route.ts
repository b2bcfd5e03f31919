import { route } from "@/server/http/route";

export const dynamic = "force-dynamic";

export const GET = route({}, async ({ services }) => {
  const { isolated, summary, remedy } = await services.executor.report();
  const executor = { kind: services.executor.kind, isolated, summary, remedy: remedy ?? null };
  return { status: "healthy", version: services.version, kubernetes: false, executors: [executor] };
});
