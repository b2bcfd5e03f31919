import type { Logger } from "pino";
import type { SetupResponse } from "@/lib/protocol/http";
import type { Access } from "./access/access";
import type { AllowedFolders } from "./allowed-folders";
import type { RunBundles } from "./bundle/run-bundle";
import type { CheckService } from "./checks/check-service";
import type { ProjectChecks } from "./checks/project-checks";
import type { MapService } from "./compare/map-service";
import type { CompositionService } from "./compositions/composition-service";
import type { FitService } from "./compositions/fit-service";
import type { ProjectEnvironment } from "./environment/project-environment";
import type { Executor } from "./executors/executor";
import type { GitStore } from "./git/git-store";
import type { GlossaryEntry } from "./glossary";
import type { JudgeService } from "./judge/judge-service";
import type { ProjectRubrics } from "./judge/project-rubrics";
import type { LandingService } from "./landing/landing-service";
import type { LocalAccess } from "./local-access";
import type { Metrics } from "./metrics/metrics";
import type { ProjectService } from "./projects/project-service";
import type { RepositoryBrowser } from "./repositories/repository-browser";
import type { CallList } from "./runs/call-list";
import type { DiffService } from "./runs/diff-service";
import type { MessageService } from "./runs/message-service";
import type { RunFeed } from "./runs/run-feed";
import type { RunRemote } from "./runs/run-remote";
import type { RunService } from "./runs/run-service";
import type { ServerStatus } from "./server-status";
import type { PriceSettings } from "./settings/price-settings";
import type { ProviderSettings } from "./settings/provider-settings";
import type { ServerSettings } from "./settings/server-settings";
import type { EventLog } from "./storage/event-log";

/** What routes and pages reach. Made once by `create-services.ts`. */
export interface Services {
  runs: RunService;
  checks: CheckService;
  projectChecks: ProjectChecks;
  judge: JudgeService;
  rubrics: ProjectRubrics;
  diffs: DiffService;
  maps: MapService;
  compositions: CompositionService;
  fits: FitService;
  remote: RunRemote;
  landings: LandingService;
  messages: MessageService;
  bundles: RunBundles;
  feed: RunFeed;
  eventLog: EventLog;
  git: GitStore;
  executor: Executor;
  environment: ProjectEnvironment;
  version: string;
  log: Logger;
  /** What the composer needs to know about this server. */
  describeSetup(): Promise<SetupResponse>;
  server: ServerStatus;
  metrics: Metrics;
  calls: CallList;
  projects: ProjectService;
  prices: PriceSettings;
  provider: ProviderSettings;
  settings: ServerSettings;
  /** The words of docs/glossary.md. */
  glossary(): Promise<GlossaryEntry[]>;
  /** Absent in single-user mode on loopback: nobody signs in. */
  access?: Access;
  localAccess: LocalAccess;
  allowedFolders: AllowedFolders;
  repositories: RepositoryBrowser;
}

/** The custom server and Next's bundles do not share modules: the one place both can see is the global object. */
const key = Symbol.for("aideator.services");
type Holder = typeof globalThis & { [key]?: Services };

/** To be called inside handlers, never at module level: the services may not be there yet. */
export function getServices(): Services {
  const services = (globalThis as Holder)[key];
  if (services === undefined) throw new Error("The services are not there yet: this code must run inside the custom server.");
  return services;
}

/** Called once, by the entry. */
export function provideServices(services: Services): void {
  (globalThis as Holder)[key] = services;
}
