import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";

const SYSTEM_FOLDERS = ["/usr/bin", "/bin", "/usr/local/bin", "/sbin", "/usr/sbin"];

/** Absolute path of a program in the system's own folders, or others; undefined when it is not there. The server's PATH is not asked. */
export async function findProgram(name: string, folders: readonly string[] = SYSTEM_FOLDERS): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}
