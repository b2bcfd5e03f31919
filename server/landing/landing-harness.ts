import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pino from "pino";
import type { NewRunEvent, RunEvent } from "@/lib/run/events";
import type { RunState } from "@/lib/run/state";
import { createGitStore } from "../git/git-store-disk";
import { createLandingGit } from "../git/landing/landing-git-disk";
import { parseRepositoryAddress } from "../git/repository-address";
import { branchName } from "../runs/branch-name";
import { redactSecrets } from "../runs/redact-secrets";
import { createRunWriter } from "../runs/run-writer";
import type { EventLog } from "../storage/event-log";
import { createGithubPullRequests } from "./github/github-pull-requests";
import type { LandingContext } from "./landing-context";
import { createLandingService, type LandingService } from "./landing-service";

/** Real git in a folder of its own, a user with a home, and runs whose variations have trees; only the log is kept in memory. */
export interface LandingHarness {
  dir: string;
  /** The user's home folder. */
  home: string;
  /** Folder below which repositories may be named by path. */
  code: string;
  context: LandingContext;
  service: LandingService;
  /** git as the user at the terminal runs it. */
  git(cwd: string, args: string[], input?: string): string;
  write(root: string, path: string, content: string | Buffer): void;
  /** A repository with a few files and one commit on main. */
  repository(name: string): string;
  /** A finished run on this repository; each function changes the tree of one variation. */
  run(url: string, changes: ((tree: string) => void)[], options?: { prompt?: string; base?: string; select?: number }): Promise<RunState>;
  /** A further tree of one variation, as a second attempt makes it. */
  again(runId: string, variation: number, change: (tree: string) => void): Promise<RunState>;
  state(runId: string): Promise<RunState>;
  events(runId: string): Promise<RunEvent[]>;
  /** The service as after a restart, with whatever of its context is replaced. */
  restarted(replace?: Partial<LandingContext>): LandingService;
  dispose(): void;
}

export interface HarnessOptions {
  gitHosts?: string[];
  secrets?: string[];
}

export function createHarness({ gitHosts = [], secrets = [] }: HarnessOptions = {}): LandingHarness {
  const dir = mkdtempSync(join(tmpdir(), "aideator-landing-"));
  const [home, code, dataDir] = [join(dir, "home"), join(dir, "code"), join(dir, "data")];
  for (const folder of [home, code, dataDir]) mkdirSync(folder);
  writeFileSync(join(home, ".gitconfig"), "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n");
  const log = createMemoryLog();
  const store = createGitStore({ dataDir, gitHosts });
  const context: LandingContext = {
    writer: createRunWriter(log, Date.now),
    git: createLandingGit({ dataDir, store, gitHosts, home }),
    pullRequests: createGithubPullRequests({ apiUrl: "https://api.github.com", log: pino({ level: "silent" }) }),
    parseAddress: (input) => parseRepositoryAddress(input, { localRoots: [code], gitHosts }),
    remoteOf: store.runRepository,
    redaction: redactSecrets(secrets),
    dataDir,
    now: Date.now,
    log: pino({ level: "silent" }),
  };
  let runs = 0;

  function git(cwd: string, args: string[], input?: string): string {
    const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, GIT_TERMINAL_PROMPT: "0" } as unknown as NodeJS.ProcessEnv;
    return execFileSync("git", ["-c", "safe.directory=*", ...args], {
      cwd,
      input,
      encoding: "utf8",
      env,
      maxBuffer: 1e8,
      stdio: "pipe",
    }).trim();
  }

  function write(root: string, path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  function repository(name: string): string {
    const path = join(code, name);
    mkdirSync(path);
    git(path, ["init", "-q"]);
    write(path, "README.md", "# Shop\n");
    write(path, "src/retry.ts", Array.from({ length: 30 }, (_, at) => `export const line${at} = ${at};\n`).join(""));
    write(path, "old.txt", "to be deleted\n");
    write(path, "logo.bin", Buffer.from([0, 1, 2, 3]));
    git(path, ["add", "-A"]);
    git(path, ["commit", "-qm", "first"]);
    return path;
  }

  async function run(
    url: string,
    changes: ((tree: string) => void)[],
    { prompt = "Make the retry policy exponential", base, select = 0 }: { prompt?: string; base?: string; select?: number } = {},
  ): Promise<RunState> {
    runs += 1;
    const runId = `landtest${String(runs).padStart(8, "0")}`;
    const mirror = await store.openMirror(await context.parseAddress(url));
    const pinned = await store.pinBase(mirror, runId, base);
    await store.createRunRepository(runId, mirror, pinned.commit);
    const at = 1_800_000_000_000;
    const created: NewRunEvent = {
      at,
      event: {
        type: "run.created",
        prompt,
        projectId: "p",
        repositoryUrl: url,
        repositoryName: "acme/shop",
        variations: changes.map(() => ({ agent: "builtin", model: "demo" })),
      },
    };
    const started: NewRunEvent[] = [
      { at, event: { type: "run.base_pinned", ...pinned } },
      { at, event: { type: "run.started" } },
    ];
    await context.writer.create({ runId, projectId: "p", createdAt: at, events: [created, ...started] });
    for (const [variation, change] of changes.entries()) await finish(runId, mirror, pinned.commit, variation, change);
    await context.writer.command(runId, { type: "run.settle" });
    const commit = (await state(runId)).variations[select]?.snapshot?.commit ?? pinned.commit;
    const branch = branchName(runId, { winner: select }, prompt);
    await store.landBranch({ runId, branch, commit, replaces: new Set() });
    await context.writer.command(runId, { type: "run.select", winner: select, branch, commit, by: "you", reason: "Best tests" });
    return state(runId);
  }

  async function again(runId: string, variation: number, change: (tree: string) => void): Promise<RunState> {
    const { base, repositoryUrl } = await state(runId);
    if (base === undefined) throw new Error("no base");
    const mirror = await store.openMirror(await context.parseAddress(repositoryUrl));
    await finish(runId, mirror, base.commit, variation, change, 1);
    return state(runId);
  }

  /** What a sandbox hands over: a commit on the base, and its pack. */
  async function finish(
    runId: string,
    mirror: string,
    base: string,
    variation: number,
    change: (tree: string) => void,
    attempt = 0,
  ): Promise<void> {
    const tree = mkdtempSync(join(dir, "tree-"));
    git(dir, ["clone", "-q", "--shared", mirror, tree]);
    git(tree, ["checkout", "-q", "--detach", base]);
    change(tree);
    git(tree, ["add", "-A", "--force"]);
    const commit = git(tree, ["commit-tree", git(tree, ["write-tree"]), "-p", base, "-m", "work"]);
    const packFile = `${tree}.pack`;
    const pack = execFileSync("git", ["pack-objects", "--revs", "--thin", "--stdout", "-q"], {
      cwd: tree,
      input: `${commit}\n^${base}\n`,
      maxBuffer: 1e9,
    });
    writeFileSync(packFile, pack);
    const taken = await store.importTree({ runId, base, commit, packFile, variation, attempt });
    const route = { at: 1_800_000_060_000 + attempt * 60_000, variation, attempt };
    const usage = { model: "demo", inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, dollars: 0.0123 };
    await context.writer.record(runId, [
      { ...route, event: { type: "usage.recorded", ...usage } },
      { ...route, event: { type: "snapshot.taken", reason: "final", ...taken } },
      { ...route, event: { type: "variation.completed", summary: "Done. Closes #1, thanks @octocat <img src=x>" } },
    ]);
  }

  async function state(runId: string): Promise<RunState> {
    const found = await context.writer.state(runId);
    if (found === undefined) throw new Error("no such run");
    return found;
  }

  return {
    dir,
    home,
    code,
    context,
    service: createLandingService(context),
    git,
    write,
    repository,
    run,
    again,
    state,
    events: (runId) => log.read(runId, 0, 10_000),
    restarted: (replace = {}) => createLandingService({ ...context, ...replace }),
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function createMemoryLog(): EventLog {
  const logs = new Map<string, RunEvent[]>();
  return {
    create({ runId, events }) {
      const placed = events.map((event, at): RunEvent => ({ runId, seq: at + 1, ...event }));
      logs.set(runId, placed);
      return Promise.resolve(placed);
    },
    append(runId, { events, ifSeq }) {
      const known = logs.get(runId) ?? [];
      if (known.length !== ifSeq) return Promise.resolve({ ok: false, reason: "stale_seq" });
      const placed = events.map((event, at): RunEvent => ({ runId, seq: ifSeq + at + 1, ...event }));
      logs.set(runId, [...known, ...placed]);
      return Promise.resolve({ ok: true, events: placed });
    },
    read: (runId, after) => Promise.resolve((logs.get(runId) ?? []).filter(({ seq }) => seq > after)),
    readEncoded: () => Promise.reject(new Error("nobody follows this log")),
    lastSeq: (runId) => Promise.resolve(logs.get(runId)?.length),
  };
}
