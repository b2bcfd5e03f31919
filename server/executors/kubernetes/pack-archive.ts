import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * A tar archive in GNU's format of everything in a folder, or of `names` in it, without owners. Ends with an error when tar does; destroying it ends
 * tar. Both images have GNU tar.
 */
export function packFolder(folder: string, names: readonly string[] = ["."]): Readable {
  const args = ["--create", "--format=gnu", "--owner=0", "--group=0", "--numeric-owner", "--no-recursion", "--directory", folder];
  const listed = names.length === 1 && names[0] === ".";
  const child = spawn("tar", [...args, ...(listed ? ["--recursion", "."] : ["--null", "--verbatim-files-from", "--files-from=-"])], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(listed ? "" : names.map((name) => `${name}\0`).join(""));
  const archive = new PassThrough();
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-1_000);
  });
  child.stdout.pipe(archive, { end: false });
  child.once("error", (error) => archive.destroy(error));
  child.once("close", (code) => {
    // 1: a file changed while it was read; what came is whole.
    if (code === 0 || code === 1) archive.end();
    else archive.destroy(new Error(`tar ended with ${code}: ${said.trim()}`));
  });
  archive.once("close", () => child.kill("SIGKILL"));
  return archive;
}

/** Unpacks an archive of this server's in a pod. What strangers packed goes through `unpackArchive`. */
export async function unpackTrusted(archive: Readable, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const child = spawn("tar", ["--extract", "--no-same-owner", "--directory", folder], { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-1_000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  try {
    await pipeline(archive, child.stdin);
  } finally {
    child.stdin.destroy();
  }
  const code = await ended;
  if (code !== 0) throw new Error(`tar ended with ${code}: ${said.trim()}`);
}
