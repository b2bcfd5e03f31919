import type { LandPreviewResponse } from "@/lib/protocol/landing";
import type { RunState } from "@/lib/run/state";
import type { LandingContext } from "./landing-context";

/** Which kinds of landing this run offers, and why not the others. Asks nobody over the network. */
export async function waysOf({ parseAddress, pullRequests }: LandingContext, run: RunState): Promise<LandPreviewResponse["ways"]> {
  const address = await parseAddress(run.repositoryUrl).catch(() => undefined);
  const forge = address === undefined ? undefined : pullRequests.repositoryOf(address.url);
  const gone = address === undefined ? "The run’s repository is not allowed on this server any more." : null;
  const pullRequest = gone ?? (forge === undefined ? "The repository is not on GitHub." : (pullRequests.unavailable() ?? null));
  const checkout =
    gone ?? (address?.kind === "path" ? null : "The run’s repository is not a folder of this machine; name a checkout of it.");
  return [
    { kind: "branch", possible: true, reason: null },
    { kind: "checkout", possible: checkout === null, reason: checkout },
    { kind: "push", possible: gone === null, reason: gone },
    { kind: "pull_request", possible: pullRequest === null, reason: pullRequest },
  ];
}
