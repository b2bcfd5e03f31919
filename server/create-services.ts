import { randomBytes } from "node:crypto";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import pino, { type Logger } from "pino";
import { openAccess } from "./access/open-access";
import { openAllowedFolders } from "./allowed-folders";
import { createRunBundles } from "./bundle/run-bundle";
import { createMapService } from "./compare/map-service";
import { createMapThread, mapProgram } from "./compare/map-thread";
import { createCompositionService } from "./compositions/composition-service";
import { createFitService } from "./compositions/fit-service";
import type { Env } from "./env";
import { createRunEnvironments } from "./environment/create-run-environments";
import { createDependencyCache } from "./environment/dependency-cache";
import { createProjectEnvironment } from "./environment/project-environment";
import { createProjectVault } from "./environment/project-vault";
import { createSecretBox, secretKey } from "./environment/secret-box";
import { DEFAULT_SANDBOX_LIMITS } from "./executors/local/resource-limits";
import type { ModelGateway } from "./gateway/gateway";
import { dataLayout } from "./git/data-layout";
import { createGitStore } from "./git/git-store-disk";
import { createLandingGit } from "./git/landing/landing-git-disk";
import { allowCommand, parseRepositoryAddress } from "./git/repository-address";
import { ensureSampleRepository } from "./git/sample-repository";
import { readGlossary } from "./glossary";
import { createJudgeService } from "./judge/judge-service";
import { createJudgeTokens } from "./judge/judge-tokens";
import { createProjectRubrics } from "./judge/project-rubrics";
import { createGithubPullRequests } from "./landing/github/github-pull-requests";
import { createLandingService, type LandingService } from "./landing/landing-service";
import { createLocalAccess } from "./local-access";
import { createMetrics } from "./metrics/metrics";
import { openChecks } from "./open-checks";
import { type OpenedExecutor, openExecutor } from "./open-executor";
import { openGateway } from "./open-gateway";
import { createProjectService } from "./projects/project-service";
import { createReconciler } from "./reconcile/create-reconciler";
import { createLocalLeftovers } from "./reconcile/local-leftovers";
import { createRepositoryBrowser } from "./repositories/repository-browser";
import { createCallList } from "./runs/call-list";
import { createRunConductor } from "./runs/conduct-run";
import { createDiffService } from "./runs/diff-service";
import { createMessageService } from "./runs/message-service";
import { recoverRuns } from "./runs/recover-runs";
import type { RunContext } from "./runs/run-context";
import { createRunFeed } from "./runs/run-feed";
import { createRunQueue } from "./runs/run-queue";
import { createRunRemote } from "./runs/run-remote";
import { createRunService, needRoom } from "./runs/run-service";
import { createRunWriter } from "./runs/run-writer";
import { createServerStatus } from "./server-status";
import type { Services } from "./services";
import { openPriceSettings } from "./settings/price-settings";
import { openProviderSettings } from "./settings/provider-settings";
import { createServerSecrets } from "./settings/server-secrets";
import { createServerSettings } from "./settings/server-settings";
import { createSetup, lineUpRules } from "./setup";
import { createPrismaCallStore } from "./storage/prisma/call-store";
import { openDatabase } from "./storage/prisma/database";
import { createPrismaEventLog } from "./storage/prisma/event-log";
import { createPrismaProjectSettings } from "./storage/prisma/project-settings";
import { createPrismaProjectStore } from "./storage/prisma/project-store";
import { createPrismaRunIndex } from "./storage/prisma/run-index";
import { createPrismaSettingsStore } from "./storage/prisma/settings-store";
import { createRunImages } from "./storage/run-images-disk";

export interface RunningServices {
  services: Services;
  /** Changes with every start of the server. */
  bootId: string;
  /** Lets go of everything; sandboxes go on and are attached again at the next start. */
  drain(): Promise<void>;
}

/**
 * The composition root: the only place that knows which adapter stands behind a port. `root` is where the program's own files lie
 * (migrations, bundles, the sample).
 */
export async function createServices(env: Env, root: string, version: string): Promise<RunningServices> {
  const log = pino({ level: env.logLevel, base: null });
  const database = await openDatabase(env.databaseFile, join(root, "prisma/migrations"));
  const eventLog = createPrismaEventLog(database);
  const index = createPrismaRunIndex(database);
  const writer = createRunWriter(eventLog, Date.now);
  const socketPath = join(env.dataDir, "gateway", "gateway.sock");
  const metrics = createMetrics({ version, now: Date.now });
  const calls = metrics.watchCalls(createPrismaCallStore(database));
  const projects = createProjectService({ projects: createPrismaProjectStore(database), calls, now: Date.now });
  const settings = createPrismaSettingsStore(database);
  const prices = await openPriceSettings(settings);
  const onKeyError = (error: unknown): void => log.error({ err: error }, "the provider's key cannot be opened: enter it again in Settings");
  const onError = (error: unknown): void => log.error({ err: error }, "the model gateway failed at something");
  const secrets = createServerSecrets(
    [env.provider?.apiKey, env.accessToken, env.previousAccessToken, env.github.token, env.secret].filter((secret) => secret !== undefined),
  );
  const { redaction } = secrets;
  const store = createPrismaProjectSettings(database);
  const box = createSecretBox(await secretKey(env.dataDir, env.secret));
  const vault = createProjectVault(store, box, secrets.all);
  const provider = await openProviderSettings({
    store: settings,
    box,
    configured: env.provider,
    secrets,
    now: Date.now,
    onError: onKeyError,
  });
  const redactionOf = async (projectId: string) => (await vault.redactionFor(projectId)).redactText;
  const judges = createJudgeTokens();
  const gateway = await openGateway({
    env,
    socketPath,
    index,
    eventLog,
    writer,
    calls,
    projects,
    prices,
    judges,
    provider: provider.current,
    redact: redaction.redactText,
    redactionOf,
    onError,
  });
  const git = createGitStore({ dataDir: env.dataDir, gitHosts: env.gitHosts, sshAgent: env.sshAgent });
  const images = createRunImages(env.dataDir);
  const opened = await openExecutor({ env, root, gateway, git, log });
  const executor = metrics.watchExecutor(opened.executor);
  const sample = await ensureSampleRepository({ from: join(root, "sample/todo"), dataDir: env.dataDir });
  const allowedFolders = await openAllowedFolders({
    dataDir: env.dataDir,
    configured: env.localRepos,
    enabled: env.singleUser,
    now: Date.now,
  });
  const draining = new AbortController();
  const queue = createRunQueue(env.maxRunning);
  const cache = createDependencyCache(env.dataDir, { keptBytes: env.keptEnvironmentBytes, now: Date.now });
  const environments = createRunEnvironments({
    git,
    executor,
    cache,
    registries: env.registries,
    operatorHosts: env.egressHosts,
    vault,
    writer,
    dataDir: env.dataDir,
    now: Date.now,
    log,
    draining: draining.signal,
  });
  const context: RunContext = {
    writer,
    index,
    git,
    images,
    executor,
    queue,
    log,
    environments,
    redaction,
    now: Date.now,
    parseAddress: async (input) =>
      parseRepositoryAddress(input, {
        localRoots: [...(await allowedFolders.roots()), sample],
        gitHosts: env.gitHosts,
        allowCommand: env.singleUser ? allowCommand : undefined,
      }),
    commandsAllowed: async () => env.allowUnsandboxed || (await executor.report()).isolated,
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(env.dataDir);
      return bavail * bsize;
    },
    draining: draining.signal,
  };
  const conductor = createRunConductor(context);
  const rules = lineUpRules(env, () => provider.current() !== undefined);
  const runs = createRunService(context, conductor, rules);
  const { checks, projectChecks } = openChecks({ env, root, context, environments, runs, settings });
  const describeSetup = createSetup({ env, provider, prices, executor, index, sample });
  const rubrics = createProjectRubrics(settings, index);
  const judge = createJudgeService({
    ...{ writer, git, rubrics, environments, tokens: judges, socketPath, prices: prices.current, refuseModel: rules.refuseModel, log },
    models: async () => (await describeSetup()).models,
    dataDir: env.dataDir,
    now: Date.now,
    draining: draining.signal,
  });
  const reconciler = createReconciler({
    dataDir: env.dataDir,
    databaseFile: env.databaseFile,
    index,
    writer,
    executor: { cleanup: executor.cleanup, ...createLocalLeftovers(env.dataDir) },
    extraResources: [opened.leftovers],
    environments: {
      isSettingUp: (name) => environments.isSettingUp(name) || checks.isChecking(name) || opened.isOwn(name),
      evict: cache.evict,
    },
    retention: env.retention,
    now: Date.now,
    log,
  });
  const landings = openLandings(env, context);
  const maps = createMapService(writer, git, createMapThread(mapProgram(root)));
  const feed = createRunFeed(eventLog, writer);
  metrics.watchRuns({ writer, index, queue, feed, freeBytes: context.freeBytes });
  metrics.expectModels(["demo", ...Object.keys(prices.current().models)]);
  const services: Services = {
    runs,
    diffs: createDiffService(writer, git),
    maps,
    compositions: createCompositionService(writer, { git, maps }, Date.now),
    fits: createFitService({
      ...{ writer, conductor, tools: { git, maps }, refuseModel: rules.refuseModel },
      needRoom: () => needRoom(context),
      now: Date.now,
    }),
    remote: createRunRemote(writer, git),
    landings,
    messages: createMessageService(context, conductor),
    checks,
    projectChecks,
    judge,
    rubrics,
    bundles: createRunBundles({ writer, eventLog, landings, temporaryDir: dataLayout(env.dataDir).temporary, version }),
    feed,
    eventLog,
    git,
    executor,
    environment: createProjectEnvironment({ projects: index, store, box, cache }),
    version,
    log,
    metrics,
    server: createServerStatus({ env, executor, queue, reconciler, version, startedAt: Date.now() }),
    localAccess: await createLocalAccess(env.dataDir, { enabled: env.singleUser }),
    allowedFolders,
    repositories: createRepositoryBrowser({
      git,
      parseAddress: context.parseAddress,
      localRepositories: allowedFolders.repositories,
      now: Date.now,
    }),
    describeSetup,
    calls: createCallList(writer, calls),
    projects,
    prices,
    provider,
    glossary: () => readGlossary(root),
    access: await openAccess(env, settings, log),
    settings: createServerSettings({ env, executor, provider, prices, sandboxLimits: DEFAULT_SANDBOX_LIMITS }),
  };
  await environments.recover();
  await services.landings.recover();
  await checks.recover();
  await judge.recover();
  await recoverRuns(context, conductor);
  const stopReconciling = reconciler.start();
  const parts = { draining, conductor, checks, judge, environments, opened, gateway, log, database, stopReconciling };
  return { services, bootId: randomBytes(8).toString("hex"), drain: () => drain(parts) };
}

function openLandings(env: Env, { writer, git, parseAddress, redaction, log, now }: RunContext): LandingService {
  const { dataDir, gitHosts, sshAgent, gitAuthor, github, publicUrl, host, port } = env;
  return createLandingService({
    writer,
    git: createLandingGit({ dataDir, store: git, gitHosts, sshAgent }),
    pullRequests: createGithubPullRequests({ ...github, log }),
    parseAddress,
    // A port that is chosen at the start is not known yet: then the repository itself, for whoever sits at this machine.
    remoteOf: (runId) =>
      publicUrl === undefined && port === 0 ? git.runRepository(runId) : `${publicUrl ?? `http://${host}:${port}`}/git/runs/${runId}`,
    author: gitAuthor,
    redaction,
    dataDir,
    now,
    log,
  });
}

interface Drained {
  draining: AbortController;
  conductor: { settled(): Promise<void> };
  checks: { settled(): Promise<void> };
  judge: { settled(): Promise<void> };
  environments: { settled(): Promise<void> };
  opened: OpenedExecutor;
  gateway: ModelGateway;
  log: Logger;
  database: { $disconnect(): Promise<void> };
  stopReconciling: () => void;
}

async function drain({
  draining,
  conductor,
  checks,
  judge,
  environments,
  opened,
  gateway,
  log,
  database,
  stopReconciling,
}: Drained): Promise<void> {
  stopReconciling();
  draining.abort();
  await opened.stopServing();
  await gateway.close();
  await conductor.settled();
  await checks.settled();
  await judge.settled();
  await environments.settled();
  opened.close();
  await database.$disconnect();
  log.info("drained");
}
