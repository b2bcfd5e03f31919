import type { SetupResponse } from "@/lib/protocol/http";

/** How an address is shown: where it is from, dimmed, and its name. */
export interface RepositoryName {
  host: string;
  name: string;
}

/** Of an address that the server knows, or of what somebody typed. */
export function repositoryName(address: string, setup: SetupResponse): RepositoryName {
  if (address === setup.sample_repository?.url) return { host: "", name: setup.sample_repository.name };
  const known = setup.recent_repositories.find(({ url }) => url === address);
  if (known !== undefined) return { host: hostOf(address), name: known.name };
  if (address.startsWith("/") || !URL.canParse(address)) return { host: "", name: address };
  const path = new URL(address).pathname.replace(/^\/|\/$|\.git$/g, "");
  return path === "" ? { host: "", name: address } : { host: hostOf(address), name: path };
}

function hostOf(address: string): string {
  return address.includes("://") && URL.canParse(address) ? `${new URL(address).host}/` : "";
}
