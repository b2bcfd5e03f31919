import next from "eslint-config-next";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

const nodeBuiltins = ["node:*"];
const zone = (target, from, message, except) => ({ target, from, message, ...(except ? { except } : {}) });

/** Who may import whom (docs/architecture.md). */
const zones = [
  zone("./lib", ["./server", "./app", "./components", "./agent", "./cli"], "lib/ runs anywhere and knows nobody."),
  zone("./lib/run", ["./lib/protocol", "./lib/client", "./lib/diff", "./lib/pricing"], "The domain knows only itself."),
  zone("./components", ["./server", "./agent", "./app"], "Components talk to the server by lib/client only."),
  zone("./server", ["./app", "./components", "./agent", "./lib/client"], "The server never knows its views."),
  zone("./cli", ["./server", "./app", "./components", "./agent"], "The command line talks to the server by its API only."),
  zone("./agent", ["./server", "./app", "./components", "./lib/client"], "The agent runs alone in a sandbox."),
  zone(
    "./server/runs",
    ["./server/executors/local", "./server/executors/fake", "./server/storage/prisma", "./server/realtime", "./server/create-services.ts"],
    "Use cases import ports, never adapters.",
  ),
  zone(
    "./server/executors",
    ["./server/runs", "./server/git", "./server/gateway", "./server/storage", "./server/realtime"],
    "Executors import their own port.",
  ),
  zone(
    "./server/git",
    ["./server/runs", "./server/executors", "./server/gateway", "./server/storage", "./server/realtime"],
    "Git knows only git.",
  ),
  zone(
    "./server/landing",
    [
      "./server/executors",
      "./server/gateway",
      "./server/storage/prisma",
      "./server/realtime",
      "./server/http",
      "./server/create-services.ts",
    ],
    "Landing imports ports, never adapters.",
  ),
  zone(
    "./server/gateway",
    ["./server/runs", "./server/executors", "./server/git", "./server/storage", "./server/realtime"],
    "The gateway knows only models.",
  ),
  zone(
    "./server/environment",
    [
      "./server/executors/fake",
      "./server/storage/prisma",
      "./server/gateway",
      "./server/realtime",
      "./server/http",
      "./server/create-services.ts",
    ],
    "Set-ups are made through ports; what they install lies in the data folder.",
  ),
  zone("./server/checks/reports", ["./server"], "What agents wrote is read by pure functions.", ["./checks/reports"]),
  zone(
    "./server/reconcile",
    ["./server/executors/fake", "./server/gateway", "./server/realtime", "./server/http", "./server/create-services.ts"],
    "The reconciler compares the log with the data folder and the machine.",
  ),
];

export default tseslint.config(
  { ignores: ["node_modules", ".next", "dist", "data", "sample", "**/generated/**", "next-env.d.ts", "test-results", "playwright-report"] },
  ...next,
  {
    files: ["**/*.{ts,tsx,mts}"],
    extends: [...tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver({ project: "./tsconfig.json" })] },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { requireDefaultForNonUnion: true, considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
      "no-restricted-syntax": ["error", { selector: "ExportAllDeclaration", message: "No barrels." }],
      "max-lines": ["error", { max: 400 }],
      "no-console": "error",
    },
  },
  {
    files: ["lib/**/*.ts"],
    ignores: ["**/*.test.ts", "lib/client/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [...nodeBuiltins, "react", "react-*"] }],
      "no-restricted-globals": ["error", "Date", "window", "process"],
    },
  },
  {
    files: ["lib/run/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ regex: "^(?!zod$|\\./)", message: "lib/run imports zod only." }] }],
      "no-restricted-properties": ["error", { object: "Math", property: "random" }],
    },
  },
  {
    files: ["server/**/*.ts", "app/**/*.ts"],
    // The program of a pod has an environment of its own.
    ignores: ["server/env.ts", "server/executors/kubernetes/pod-shim.ts", "**/*.test.ts", "**/*-harness.ts"],
    rules: {
      "no-restricted-properties": ["error", { object: "process", property: "env", message: "Only server/env.ts reads the environment." }],
    },
  },
  // Tests put real adapters behind the ports.
  { files: ["**/*.test.{ts,tsx}", "**/*.contract.ts", "**/*-harness.ts"], rules: { "import-x/no-restricted-paths": "off" } },
  { files: ["**/*.test.{ts,tsx}", "e2e/**", "bench/**", "scripts/**"], rules: { "max-lines": "off", "no-console": "off" } },
);
