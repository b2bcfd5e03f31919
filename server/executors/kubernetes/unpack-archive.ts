import { createReadStream } from "node:fs";
import { link, mkdir, open, symlink } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { type ArchiveMember, readArchive } from "./read-archive";

/** Of one archive. */
export interface ArchiveLimits {
  members: number;
  /** Of all files together. */
  bytes: number;
}

/**
 * Unpacks what a pod brought (a tar archive) into `folder`, which is empty or absent and nobody else writes to. It is the work of strangers:
 * nothing is written outside of the folder or through a link, a hard link names a file of the same archive, a relative link may not lead out.
 * Absolute links stay as they are, since a virtual environment names the image's interpreter with one: whoever reads or writes in the folder
 * looks first whether it is a link.
 * Devices, pipes and sockets are left out, and so are set-user bits and owners. Rejects with the member's name beyond that.
 */
export async function unpackArchive(file: string, folder: string, limits: ArchiveLimits): Promise<void> {
  const folders = new Set<string>([""]);
  const files = new Set<string>();
  let members = 0;
  let bytes = 0;

  /** Makes the folders above; one that exists but was not made here is a link or a file. */
  async function within(path: string): Promise<string> {
    const above = dirname(path) === "." ? "" : dirname(path);
    if (!folders.has(above)) await makeFolder(above);
    return join(folder, path);
  }

  async function makeFolder(path: string): Promise<void> {
    if (folders.has(path)) return;
    const place = await within(path);
    await mkdir(place, { mode: 0o755 });
    folders.add(path);
  }

  async function take(member: ArchiveMember): Promise<void> {
    const path = plainPath(member.path);
    switch (member.kind) {
      case "folder":
        return path === "" ? undefined : makeFolder(path);
      case "file":
        await writeMember(member, await within(path));
        files.add(path);
        return;
      case "symbolic link": {
        const leads = normalize(join(dirname(path), member.target));
        if (!member.target.startsWith("/") && (leads === ".." || leads.startsWith("../"))) throw refused(member, "a link that leads out");
        return symlink(member.target, await within(path));
      }
      case "hard link": {
        const target = plainPath(member.target);
        if (!files.has(target)) throw refused(member, "a hard link to nothing in the archive");
        await link(join(folder, target), await within(path));
        files.add(path);
        return;
      }
      case "other":
        return;
    }
  }

  await mkdir(folder, { recursive: true, mode: 0o755 });
  const source = createReadStream(file);
  try {
    for await (const member of readArchive(source)) {
      members += 1;
      bytes += member.size;
      if (members > limits.members) throw new Error(`the archive has more than ${limits.members} members`);
      if (bytes > limits.bytes) throw new Error(`the archive holds more than ${limits.bytes} bytes`);
      await take(member);
    }
  } finally {
    // What stands behind the last member is not read: the file would stay open, and on the disk when it is removed.
    source.destroy();
  }
}

async function writeMember(member: ArchiveMember, place: string): Promise<void> {
  // Exclusive: nothing that was unpacked before is written to again, or through.
  const file = await open(place, "wx", member.mode | 0o600);
  try {
    for await (const chunk of member.content()) await file.writeFile(chunk);
    // Compiled files of Python go by it.
    await file.utimes(member.modified, member.modified);
  } finally {
    await file.close();
  }
}

/** `./a/b/` → `a/b`; an error for what is no path below. */
function plainPath(path: string): string {
  const parts = path.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
  if (parts === "" || parts === ".") return "";
  if (parts.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw new Error(`the archive names a path that is not below it: ${path.slice(0, 200)}`);
  return parts;
}

function refused({ path }: ArchiveMember, why: string): Error {
  return new Error(`the archive holds ${why}: ${path.slice(0, 200)}`);
}
