import { isAppError } from "../app-error";
import type { RepositoryAddress } from "../git/git-store";
import type { LandingContext } from "./landing-context";
import type { ForgeRepository } from "./pull-requests";
import { originAddress } from "./push-place";

/**
 * The repository at the forge that a pull request of a run goes to: the run's own, or for a checkout on this machine its `origin`. Undefined when
 * neither is there. Asks nobody over the network.
 */
export async function forgeOf(
  { git, parseAddress, pullRequests }: Pick<LandingContext, "git" | "parseAddress" | "pullRequests">,
  address: RepositoryAddress,
): Promise<ForgeRepository | undefined> {
  if (address.kind !== "path") return pullRequests.repositoryOf(address.url);
  const { origin } = await git.originOf(address.url);
  if (origin === undefined) return undefined;
  try {
    const { url } = await parseAddress(originAddress(address.url, origin));
    return pullRequests.repositoryOf(url);
  } catch (error) {
    // An origin that this server does not know how to reach is not on its forge either.
    if (isAppError(error)) return undefined;
    throw error;
  }
}
