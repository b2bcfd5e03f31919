import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findProgram } from "../local/find-program";
import { createEngineApi } from "./engine-api";

/** What agents of tests, and git's own scripts, call. */
const PROGRAMS =
  "node bash git cat head tail sort sed grep find xargs comm tr cut printf ls mkdir rm cp mv chmod ln touch mkfifo truncate sleep setsid tee dirname basename pwd id env true false wc unshare mount";

/** Gives the engine an image `name` of this machine's own files, so that no registry is needed: Node.js, git, bash and what they need, as one layer. */
export async function importImage(socketPath: string, name: string, folder: string): Promise<void> {
  const root = join(folder, "image");
  for (const path of ["usr/bin", "usr/lib", "tmp", "etc", "proc", "sys", "dev", "home"]) await mkdir(join(root, path), { recursive: true });
  for (const path of ["bin", "sbin"]) execFileSync("ln", ["-s", "usr/bin", join(root, path)]);
  execFileSync("ln", ["-s", "usr/lib", join(root, "lib")]);
  const programs = await Promise.all(
    PROGRAMS.split(" ").map(async (program) => ({ program, path: program === "node" ? process.execPath : await findProgram(program) })),
  );
  const present = programs.filter((found): found is { program: string; path: string } => found.path !== undefined);
  for (const { program, path } of present) copy(path, join(root, "usr/bin", program));
  copy(join(root, "usr/bin/bash"), join(root, "usr/bin/sh"));
  const core = execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim();
  mkdirSync(join(root, core), { recursive: true });
  // git finds itself there; of the rest nothing is called.
  execFileSync("ln", ["-s", "/usr/bin/git", join(root, core, "git")]);
  for (const library of librariesOf(present.map(({ path }) => path))) copy(library, join(root, library));
  const tar = join(folder, "image.tar");
  execFileSync("tar", ["-C", root, "-cf", tar, "."]);
  rmSync(root, { recursive: true, force: true });
  const query = { fromSrc: "-", repo: name };
  const answer = await createEngineApi(socketPath).stream("POST", "/images/create", {
    query,
    send: createReadStream(tar),
    timeoutMs: 120_000,
  });
  let said = "";
  for await (const chunk of answer) said += String(chunk);
  rmSync(tar);
  if (/"error"/.test(said)) throw new Error(said.slice(0, 500));
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  execFileSync("cp", ["-L", "--", from, to]);
}

/** `ldd`: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`. A script has none. */
function librariesOf(programs: string[]): string[] {
  const found = programs.flatMap((program) => {
    try {
      return execFileSync("ldd", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).match(/\/[^ ]+(?= \(0x)/g) ?? [];
    } catch {
      return [];
    }
  });
  return [...new Set(found)].filter((path) => existsSync(path) && statSync(path).isFile());
}
