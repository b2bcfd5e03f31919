import type { LandPreviewResponse } from "@/lib/protocol/landing";
import type { RunState } from "@/lib/run/state";
import type { RepositoryAddress } from "../git/git-store";
import { forgeOf } from "./forge-of";
import type { LandingContext } from "./landing-context";

/** Which kinds of landing this run offers, and why not the others. Asks nobody over the network. */
export async function waysOf(context: LandingContext, run: RunState): Promise<LandPreviewResponse["ways"]> {
  const { parseAddress, pullRequests } = context;
  const address = await parseAddress(run.repositoryUrl).catch(() => undefined);
  const forge = address === undefined ? undefined : await forgeOf(context, address);
  const gone = address === undefined ? "The run’s repository is not allowed on this server any more." : null;
  const pullRequest = gone ?? (forge === undefined ? notOnForge(address) : (pullRequests.unavailable() ?? null));
  const checkout =
    gone ?? (address?.kind === "path" ? null : "The run’s repository is not a folder of this machine; name a checkout of it.");
  return [
    { kind: "branch", possible: true, reason: null },
    { kind: "checkout", possible: checkout === null, reason: checkout },
    { kind: "push", possible: gone === null, reason: gone },
    { kind: "pull_request", possible: pullRequest === null, reason: pullRequest },
  ];
}

function notOnForge(address: RepositoryAddress | undefined): string {
  return address?.kind === "path" ? "The checkout has no origin on GitHub." : "The repository is not on GitHub.";
}
