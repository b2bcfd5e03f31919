// npm run up: from a fresh clone to a running server.
import { build } from "./build.mjs";
import { serve } from "./serve.mjs";
import { setUp } from "./setup.mjs";
import { fail } from "./step.mjs";

try {
  await setUp();
  await build();
  process.exitCode = await serve(["--enable-source-maps", "dist/server.mjs"], { NODE_ENV: "production" });
} catch (error) {
  fail(error);
}
