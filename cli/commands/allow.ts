import { resolve } from "node:path";
import { allowFolder, disallowFolder, listAllowedFolders } from "@/lib/client/api";
import type { AllowedFoldersResponse } from "@/lib/protocol/local-access";
import { type Command, defineCommand, jsonOption, serverOptions } from "../command";
import { CommandError, exitCodes } from "../exit-codes";
import { findServer, type ServerAccess } from "../find-server";
import { inert } from "../terminal/text";

export const allow: Command = defineCommand({
  name: "allow",
  summary: "Let repositories in a folder of this machine be named by path; without a folder: list them",
  usage: "[<folder>] [--remove] [--json]",
  details:
    "Works for the operating-system user whose server it is: an owner-only file in the data folder proves it. The folder is a repository or holds some.",
  options: {
    remove: { type: "boolean", description: "Take it back; runs that exist keep what was fetched" },
    ...jsonOption,
    ...serverOptions,
  },
  words: { least: 0, most: 1 },
  async run({ options, words: [folder], terminal }) {
    const path = folder === undefined ? undefined : resolve(terminal.cwd, folder);
    if (path === undefined && options.remove === true)
      throw new CommandError(exitCodes.usage, "Say which folder: aideator allow --remove <folder>.");
    const token = localToken(findServer(options, terminal));
    const answer = await ask(path, options.remove === true, token);
    if (options.json === true) terminal.out(`${JSON.stringify(answer)}\n`);
    else if (path === undefined) terminal.out(listText(answer));
    else terminal.out(`${options.remove === true ? "No longer allowed" : "Allowed"}: ${inert(path)}\n`);
    return exitCodes.ok;
  },
});

function ask(path: string | undefined, remove: boolean, token: string): Promise<AllowedFoldersResponse> {
  if (path === undefined) return listAllowedFolders(token);
  return remove ? disallowFolder(path, token) : allowFolder(path, token);
}

function localToken({ url, localToken: token }: ServerAccess): string {
  if (token !== undefined) return token;
  throw new CommandError(
    exitCodes.refused,
    `${url} is not a server of yours on this machine: only its own user can allow folders, by a file in its data folder. Give an https:// address instead, name the data folder with --data-dir, or set AIDEATOR_LOCAL_REPOS there.`,
  );
}

function listText({ folders }: AllowedFoldersResponse): string {
  if (folders.length === 0) return "No folder is allowed yet: aideator allow <folder>.\n";
  return folders.map(({ path, from }) => `${inert(path)}${from === "configuration" ? "  (AIDEATOR_LOCAL_REPOS)" : ""}\n`).join("");
}
