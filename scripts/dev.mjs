// npm run dev: the server from source, restarted when it changes; the bundles that it starts follow their sources too.
import { mapWorkerBundle, sandboxBundles } from "./build.mjs";
import { serve } from "./serve.mjs";
import { setUp } from "./setup.mjs";
import { fail } from "./step.mjs";

try {
  await setUp();
  const { context } = await import("esbuild");
  const contexts = await Promise.all([...sandboxBundles, mapWorkerBundle].map((options) => context({ ...options, logLevel: "warning" })));
  await Promise.all(contexts.map((bundle) => bundle.rebuild()));
  await Promise.all(contexts.map((bundle) => bundle.watch()));
  process.exitCode = await serve(["node_modules/tsx/dist/cli.mjs", "watch", "server/index.ts"], { NODE_ENV: "development" });
  await Promise.all(contexts.map((bundle) => bundle.dispose()));
} catch (error) {
  fail(error);
}
