import { resolve } from "node:path";
import { isAppError } from "../app-error";
import type { RepositoryAddress } from "../git/git-store";
import type { LandingContext } from "./landing-context";
import type { PlannedTarget } from "./planned-target";

/**
 * Where a push of a run goes: to its repository, but for a checkout on this machine to the checkout's `origin`. A checkout without one, and a
 * bare repository, are pushed into themselves.
 */
export async function planPush({ git, parseAddress }: LandingContext, plan: PlannedTarget, address: RepositoryAddress): Promise<void> {
  plan.pushTo = address;
  if (address.kind !== "path") return;
  const { bare, origin } = await git.originOf(address.url);
  if (bare) return;
  if (origin === undefined) {
    plan.place = `${address.url} itself`;
    plan.warnings.push(`The checkout has no remote origin: the branch is pushed into ${address.url} itself.`);
    return;
  }
  try {
    plan.pushTo = await parseAddress(originAddress(address.url, origin));
    plan.place = `${plan.pushTo.url}, origin of ${address.url}`;
  } catch (error) {
    if (!isAppError(error)) throw error;
    const message = `The origin of ${address.url} cannot be pushed to: ${error.message}`;
    plan.blockers.push({ code: "repository", message, remedy: "Land as a branch of the checkout and push it yourself.", paths: [] });
  }
}

/** git takes `../shop.git` from the checkout, and `file://` as a path. */
export function originAddress(checkout: string, origin: string): string {
  if (/^\.\.?(\/|$)/.test(origin)) return resolve(checkout, origin);
  return origin.replace(/^file:\/\/(?=\/)/, "");
}
