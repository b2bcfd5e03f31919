import { spawn } from "node:child_process";
import { createCipheriv } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";

const WORDS = "const let return await if else for of in new this that value name path file line text run state event next last first".split(
  " ",
);

export interface GeneratedSize {
  files: number;
  bytesPerFile: number;
  commits: number;
  /** Files that a commit after the first one rewrites half of. */
  filesPerCommit: number;
  /** So many commits also replace one picture: what makes a history large. */
  pictures: number;
  bytesPerPicture: number;
}

/** Pictures in the newest tree; older ones are history only. */
const STANDING_PICTURES = 10;
/** Larger files are neither compressed nor compared with each other by git: pictures are as they are, and the packing takes seconds. */
const BIG_FILE = "64k";

/** Makes a packed repository with a history at `folder`, which must not exist: the same commits for the same size, on any machine. */
export async function generateRepository(folder: string, size: GeneratedSize): Promise<void> {
  await mkdir(folder, { recursive: true });
  await git(folder, ["init", "--quiet", "--initial-branch=main"]);
  await git(folder, ["config", "core.bigFileThreshold", BIG_FILE]);
  await git(folder, ["fast-import", "--quiet"], history(size));
  await git(folder, ["repack", "-adq"]);
  await git(folder, ["reset", "--quiet", "--hard", "main"]);
}

/** Runs git without this machine's settings; rejects when it fails. `folder` is where. */
export async function git(folder: string, args: string[], input?: Iterable<string | Buffer>): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
  } as unknown as NodeJS.ProcessEnv;
  const child = spawn("git", args, { cwd: folder, env, stdio: ["pipe", "ignore", "inherit"] });
  const ended = once(child, "close");
  for (const piece of input ?? []) if (!child.stdin.write(piece)) await once(child.stdin, "drain");
  child.stdin.end();
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
}

/** The stream that `git fast-import` reads. */
function* history(size: GeneratedSize): Generator<string | Buffer> {
  const { files, bytesPerFile, commits, filesPerCommit, pictures, bytesPerPicture } = size;
  const random = createRandom();
  const heads = Array.from({ length: files }, () => words(random, bytesPerFile / 2));
  for (let commit = 0; commit < commits; commit += 1) {
    yield `commit refs/heads/main\ncommitter Bench <bench@example.com> ${1_700_000_000 + commit * 3_600} +0000\n${data(`Change ${commit}`)}`;
    const changed = commit === 0 ? heads.map((_, file) => file) : Array.from({ length: filesPerCommit }, () => random() % files);
    for (const file of changed) {
      const folder = `src/part-${String(file % 97).padStart(2, "0")}/area-${file % 7}`;
      yield `M 100644 inline ${folder}/file-${file}.ts\n${data((heads[file] ?? "") + words(random, bytesPerFile / 2))}`;
    }
  }
  for (let picture = 0; picture < pictures; picture += 1) {
    yield `commit refs/heads/main\ncommitter Bench <bench@example.com> ${1_800_000_000 + picture * 3_600} +0000\n${data(`Picture ${picture}`)}`;
    yield `M 100644 inline pictures/${picture % STANDING_PICTURES}.jpg\ndata ${bytesPerPicture}\n`;
    yield noise(picture, bytesPerPicture);
    yield "\n";
  }
}

/** Bytes without any pattern, the same for the same `seed`. */
function noise(seed: number, length: number): Buffer {
  const counter = Buffer.alloc(16);
  counter.writeUInt32BE(seed);
  return createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), counter).update(Buffer.alloc(length));
}

function data(text: string): string {
  return `data ${text.length}\n${text}\n`;
}

function words(random: () => number, length: number): string {
  let text = "";
  // Identifiers of random letters: plain words alone would compress far better than source code does.
  while (text.length < length) text += `${WORDS[random() % WORDS.length]} ${random().toString(36)}${random() % 5 === 0 ? ";\n" : " "}`;
  return text.slice(0, length);
}

/** A small linear congruential generator. */
function createRandom(): () => number {
  let seed = 12_345;
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed >>> 8;
  };
}
