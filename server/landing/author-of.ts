import type { RepositoryAddress } from "../git/git-store";
import type { Identity } from "../git/landing/landing-git";
import type { LandingContext } from "./landing-context";

/** The server's setting, else git's user.name and user.email: in the repository where that is a folder, or of the server's user. */
export async function authorOf({ git, author }: LandingContext, address: RepositoryAddress | undefined): Promise<Identity | undefined> {
  if (author !== undefined) return author;
  const local = address?.kind === "path" ? await git.identity(address.url).catch(() => undefined) : undefined;
  return local ?? (await git.identity());
}
