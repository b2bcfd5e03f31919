import { AppError } from "../app-error";
import { resolvePublic } from "./address-guard";
import type { GitError, GitOptions } from "./git-command";
import type { RepositoryAddress } from "./git-store";

/** How one fetch or push reaches its repository. */
export type Access = Pick<GitOptions, "config" | "env" | "trusted">;

/** Checks where an address leads and says how git gets there; throws the `AppError` that says why not. */
export async function accessOf(
  { kind, url }: RepositoryAddress,
  { gitHosts, sshAgent }: { gitHosts: string[]; sshAgent?: string },
): Promise<Access> {
  if (kind === "path") return { env: { GIT_ALLOW_PROTOCOL: "file" }, trusted: url };
  const { protocol, hostname, host, port } = new URL(url);
  const exempt = gitHosts.includes(host) || gitHosts.includes(hostname);
  const ssh = {
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new",
    ...(sshAgent === undefined ? {} : { SSH_AUTH_SOCK: sshAgent }),
  };
  const env = { GIT_ALLOW_PROTOCOL: exempt ? "https:http:ssh" : "https:ssh", ...(kind === "ssh" ? ssh : {}) };
  const config = ["http.followRedirects=false"];
  if (exempt) return { config, env };
  const bare = hostname.replace(/^\[|\]$/g, "");
  const address = await resolvePublic(bare).catch(() => {
    throw unreachable(`The host ${bare} was not found.`, "Check the address.");
  });
  if (address === undefined) {
    const remedy = "If it is your own git server, add it to AIDEATOR_GIT_HOSTS and start the server again.";
    throw refused("github_url", `${bare} is not an address of the public internet.`, remedy);
  }
  // The checked address is the one that is dialled (git 2.37 and newer; an older git ignores the setting and looks the name up again).
  if (protocol === "https:") config.push(`http.curloptResolve=${bare}:${port === "" ? 443 : port}:${address}`);
  return { config, env };
}

/** The message says what is wrong, the field's what to do about it. */
export function refused(field: "github_url" | "base", message: string, remedy: string): AppError {
  return new AppError("bad_request", message, [{ field, message: remedy }]);
}

/** A repository that does not answer, or not to this server. */
export function unreachable(message: string, remedy: string): AppError {
  return new AppError("repository_unreachable", message, [{ field: "github_url", message: remedy }]);
}

/** What git itself said last, for the end of a sentence. */
export function saidBy({ stderr }: GitError): string {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  return said === "" ? "" : ` (${said.slice(0, 300)})`;
}
