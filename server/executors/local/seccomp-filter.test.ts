import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type SeccompArchitecture, seccompFilter } from "./seccomp-filter";

const ALLOW = "allow";
const EPERM = "errno 1";
const ENOSYS = "errno 38";
const ARCH = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003, arm: 0x40000028 };

interface Call {
  number: number;
  arch: number;
  args?: bigint[];
}

/** What the kernel would do with the filter. */
function verdict(filter: Buffer, { number, arch, args = [] }: Call): string {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number >>> 0, 0);
  data.writeUInt32LE(arch, 4);
  args.forEach((value, at) => data.writeBigUInt64LE(value, 16 + 8 * at));
  let accumulator = 0;
  for (let at = 0; at * 8 < filter.length; ) {
    const code = filter.readUInt16LE(at * 8);
    const k = filter.readUInt32LE(at * 8 + 4);
    const jump = (taken: boolean): number => filter.readUInt8(at * 8 + (taken ? 2 : 3));
    if (code === 0x20) accumulator = data.readUInt32LE(k);
    else if (code === 0x15) at += jump(accumulator === k);
    else if (code === 0x45) at += jump((accumulator & k) !== 0);
    else if (code === 0x06) {
      if (k === 0x7fff0000) return ALLOW;
      return k === 0x80000000 ? "kill" : `errno ${k & 0xffff}`;
    } else throw new Error(`unknown instruction ${code}`);
    at += 1;
  }
  throw new Error("the program has no end");
}

/** Name, number on x64, number on arm64, verdict, arguments. Numbers are written out once more: they must not come from the code. */
const CALLS: [string, number, number, string, bigint[]?][] = [
  ["read", 0, 63, ALLOW],
  ["openat", 257, 56, ALLOW],
  ["execve", 59, 221, ALLOW],
  ["ptrace", 101, 117, ALLOW],
  ["process_vm_readv", 310, 270, ALLOW],
  ["name_to_handle_at", 303, 264, ALLOW],
  ["futex", 202, 98, ALLOW],
  ["seccomp", 317, 277, ALLOW],
  ["mount", 165, 40, EPERM],
  ["umount2", 166, 39, EPERM],
  ["pivot_root", 155, 41, EPERM],
  ["move_mount", 429, 429, EPERM],
  ["mount_setattr", 442, 442, EPERM],
  ["chroot", 161, 51, EPERM],
  ["setns", 308, 268, EPERM],
  ["bpf", 321, 280, EPERM],
  ["perf_event_open", 298, 241, EPERM],
  ["keyctl", 250, 219, EPERM],
  ["kexec_load", 246, 104, EPERM],
  ["finit_module", 313, 273, EPERM],
  ["userfaultfd", 323, 282, EPERM],
  ["io_uring_setup", 425, 425, EPERM],
  ["io_uring_register", 427, 427, EPERM],
  ["open_by_handle_at", 304, 265, EPERM],
  ["pidfd_open", 434, 434, ALLOW],
  ["pidfd_getfd", 438, 438, EPERM],
  ["reboot", 169, 142, EPERM],
  ["clock_settime", 227, 112, EPERM],
  ["clone3", 435, 435, ENOSYS],
  ["clone of a thread", 56, 220, ALLOW, [0x3d0f00n]],
  ["clone of a child", 56, 220, ALLOW, [0x01200011n]],
  // CLONE_NEWTIME's bit: in the flags of clone it belongs to the number of a signal.
  ["clone with the bit of the time namespace", 56, 220, ALLOW, [0x80n]],
  ["clone into a user namespace", 56, 220, EPERM, [0x10000011n]],
  ["clone into a mount namespace", 56, 220, EPERM, [0x00020011n]],
  ["clone into a network namespace", 56, 220, EPERM, [0x40000011n]],
  ["clone into a cgroup namespace", 56, 220, EPERM, [0x02000011n]],
  ["unshare of files", 272, 97, ALLOW, [0x400n]],
  ["unshare of the user namespace", 272, 97, EPERM, [0x10000000n]],
  ["unshare of the time namespace", 272, 97, EPERM, [0x80n]],
  ["personality 0", 135, 92, ALLOW, [0n]],
  ["personality asked", 135, 92, ALLOW, [0xffffffffn]],
  ["personality without random addresses", 135, 92, EPERM, [0x40000n]],
  ["ioctl TCGETS", 16, 29, ALLOW, [0n, 0x5401n]],
  ["ioctl TIOCSTI", 16, 29, EPERM, [0n, 0x5412n]],
  ["ioctl TIOCSTI with its upper half set", 16, 29, EPERM, [0n, 0x1_0000_5412n]],
  ["ioctl TIOCLINUX", 16, 29, EPERM, [0n, 0x541cn]],
  ["socket AF_UNIX", 41, 198, ALLOW, [1n]],
  ["socket AF_INET", 41, 198, ALLOW, [2n]],
  ["socket AF_INET6", 41, 198, ALLOW, [10n]],
  ["socket of routes", 41, 198, ALLOW, [16n, 3n, 0n]],
  ["socket of netfilter", 41, 198, "errno 93", [16n, 3n, 12n]],
  ["socket AF_PACKET", 41, 198, "errno 97", [17n]],
  ["socket AF_CAN", 41, 198, "errno 97", [29n]],
  ["socket AF_ALG", 41, 198, "errno 97", [38n]],
  ["socket AF_VSOCK", 41, 198, "errno 97", [40n]],
  ["socketpair AF_UNIX", 53, 199, ALLOW, [1n]],
  ["socketpair AF_TIPC", 53, 199, "errno 97", [30n]],
];

describe.each(["x64", "arm64"] as const)("the filter for %s", (architecture) => {
  const filter = seccompFilter(architecture);

  it.each(CALLS)("%s", (_, x64, arm64, expected, args) => {
    const number = architecture === "x64" ? x64 : arm64;
    expect(verdict(filter, { number, arch: ARCH[architecture], args })).toBe(expected);
  });

  it("ends a process that calls by the numbers of another architecture", () => {
    const other = Object.entries(ARCH).filter(([name]) => name !== architecture);
    for (const [, arch] of other) expect(verdict(filter, { number: 0, arch })).toBe("kill");
  });

  it("has an answer for every number, and few are refused", () => {
    const refused = Array.from({ length: 600 }, (_, number) => verdict(filter, { number, arch: ARCH[architecture] })).filter(
      (answer) => answer !== ALLOW,
    );
    // Of the calls that are inspected only clone3 and the sockets of family 0 are refused without arguments.
    expect(refused.length).toBe(architecture === "x64" ? 48 + 3 : 43 + 3);
  });
});

it("refuses the other numbering of x64", () => {
  for (const number of [0x40000000, 0x40000000 + 165, 0x40000000 + 520]) {
    expect(verdict(seccompFilter("x64"), { number, arch: ARCH.x64 })).toBe(ENOSYS);
  }
});

const bwrap = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"].find(existsSync);
const here = (["x64", "arm64"] as const).find((architecture) => architecture === process.arch);

describe.skipIf(bwrap === undefined || here === undefined)("under bubblewrap", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aideator-seccomp-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function run(argv: string[], filter: Buffer | undefined): Promise<{ code: number | null; output: string }> {
    const path = join(folder, "filter");
    if (filter !== undefined) await writeFile(path, filter);
    const file = filter === undefined ? undefined : await open(path, "r");
    try {
      const view = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"];
      const child = spawn(bwrap ?? "", [...view, ...(file === undefined ? [] : ["--seccomp", "3"]), "--", ...argv], {
        stdio: ["ignore", "pipe", "pipe", file?.fd ?? "ignore"],
      });
      let output = "";
      child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
      child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
      const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
      return { code, output: output.trim() };
    } finally {
      await file?.close();
    }
  }
  const filtered = (argv: string[]) => run(argv, seccompFilter(here as SeccompArchitecture));

  it.each([
    ["a user namespace", ["unshare", "-U", "true"]],
    ["a mount", ["mount", "-t", "tmpfs", "none", "/tmp"]],
    ["another personality", ["setarch", "-R", "true"]],
  ])("refuses %s", async (_, argv) => {
    const { code, output } = await filtered(argv);
    expect(code).not.toBe(0);
    expect(output).toMatch(/operation not permitted|permission denied|must be superuser/i);
  });

  it.runIf(process.getuid?.() === 0)("is what refuses: without it the same works", async () => {
    expect((await run(["unshare", "-U", "true"], undefined)).code).toBe(0);
    expect((await run(["setarch", "-R", "true"], undefined)).code).toBe(0);
  });

  it("leaves Node.js its threads, children, sockets and network interfaces", async () => {
    const script = `
      const { Worker } = require("node:worker_threads"); const cp = require("node:child_process"); const net = require("node:net");
      const thread = new Promise((done) => new Worker("require('node:worker_threads').parentPort.postMessage(7)", { eval: true }).on("message", done));
      const reply = (server, target) => new Promise((done, fail) => server.on("connection", (socket) => socket.end("ok"))
        .listen(target, () => net.connect(server.address().port ?? target).on("data", (data) => { server.close(); done(String(data)); }).on("error", fail)));
      const lookUp = require("node:dns/promises").lookup("localhost").then(() => true, (error) => error.code);
      Promise.all([thread, reply(net.createServer(), "/tmp/s"), reply(net.createServer(), 0), lookUp]).then(([seven, local, internet]) =>
        console.log(JSON.stringify({ seven, local, internet, child: cp.execFileSync("/bin/sh", ["-c", "echo a | cat"], { encoding: "utf8" }).trim(),
          lo: Object.keys(require("node:os").networkInterfaces()).includes("lo"), status: /Seccomp:\\s*(\\d)/.exec(require("node:fs").readFileSync("/proc/self/status", "utf8"))[1] })));`;
    const { output } = await filtered([process.execPath, "-e", script]);
    expect(JSON.parse(output)).toEqual({ seven: 7, local: "ok", internet: "ok", child: "a", lo: true, status: "2" });
  });

  it("leaves git its work", async () => {
    const version = await filtered(["git", "--version"]);
    expect(version).toMatchObject({ code: 0, output: expect.stringContaining("git version") });
    const commit =
      "cd /tmp && git init -q r && cd r && echo 1 > f && git add f && git -c user.name=a -c user.email=a@b commit -qm m && git gc -q";
    expect(await filtered(["/bin/sh", "-c", commit])).toMatchObject({ code: 0 });
  });
});
