import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";

/** Absolute path of a program in the system's own folders; undefined when it is not installed. The server's PATH is not asked. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of ["/usr/bin", "/bin", "/usr/local/bin", "/sbin", "/usr/sbin"]) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}
