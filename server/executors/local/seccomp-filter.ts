export type SeccompArchitecture = "x64" | "arm64";

/** Numbers of system calls on x64 and on arm64; undefined where the call does not exist. */
type Numbers = readonly [x64: number | undefined, arm64: number | undefined];

/** Calls that no tool of an agent needs: they reach what namespaces do not part, or are how sandboxes were left before. */
const DENIED: Record<string, Numbers> = {
  // Mounts and roots.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  open_tree_attr: [467, 467],
  // Entering namespaces, and files past every path.
  setns: [308, 268],
  open_by_handle_at: [304, 265],
  // Files that another process has open.
  pidfd_getfd: [438, 438],
  // The kernel's own programs, modules and keys.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  create_module: [174, undefined],
  get_kernel_syms: [177, undefined],
  query_module: [178, undefined],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  lookup_dcookie: [212, 18],
  nfsservctl: [180, 42],
  // The whole machine.
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  syslog: [103, 116],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  vhangup: [153, 58],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  adjtimex: [159, 171],
  clock_adjtime: [305, 266],
  iopl: [172, undefined],
  ioperm: [173, undefined],
};

/** Calls whose arguments decide. */
const INSPECTED = {
  clone: [56, 220],
  clone3: [435, 435],
  unshare: [272, 97],
  personality: [135, 92],
  ioctl: [16, 29],
  socket: [41, 198],
  socketpair: [53, 199],
} satisfies Record<string, Numbers>;

/** linux/audit.h */
const AUDIT_ARCH: Record<SeccompArchitecture, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };
/** The x32 way to call: the same calls by other numbers. */
const X32_BIT = 0x40000000;

/** linux/sched.h: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
/** Only for `unshare`: in the flags of `clone` this bit is part of a signal's number. */
const NEWTIME = 0x00000080;

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
/** They type into the terminal that a process was started from. */
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
/** Asks for the personality and changes nothing. */
const PERSONALITY_QUERY = 0xffffffff;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const errno = (number: number): number => 0x00050000 | number;
const EPERM = 1;
const ENOSYS = 38;
const EPROTONOSUPPORT = 93;
const EAFNOSUPPORT = 97;

/** One instruction of classic BPF. Jumps name labels; without a name the next instruction follows. */
interface Instruction {
  code: number;
  k: number;
  then?: string;
  otherwise?: string;
}

/** linux/bpf_common.h: the few instructions that are needed. */
const load = (k: number): Instruction => ({ code: 0x20, k });
const ifEqual = (k: number, then?: string, otherwise?: string): Instruction => ({ code: 0x15, k, then, otherwise });
const ifAnyBit = (k: number, then?: string, otherwise?: string): Instruction => ({ code: 0x45, k, then, otherwise });
const answer = (k: number): Instruction => ({ code: 0x06, k });

/** struct seccomp_data: number, architecture, instruction pointer, six arguments of 8 bytes. */
const NUMBER = 0;
const ARCHITECTURE = 4;
/** The kernel takes the inspected arguments as 32-bit numbers too: what is in their upper halves changes nothing. */
const lowHalf = (argument: number): number => 16 + 8 * argument;

/**
 * The filter for `bwrap --seccomp`: an array of `struct sock_filter`, 8 bytes each, little-endian. It refuses by EPERM what leads out of
 * a sandbox, and new namespaces in it; `clone3` by ENOSYS, since a filter cannot see its flags and the C library then takes `clone`; other
 * sockets than local, internet and routing ones. Calls by the numbers of another architecture end the process. All else is allowed.
 */
export function seccompFilter(architecture: SeccompArchitecture): Buffer {
  const column = architecture === "x64" ? 0 : 1;
  const denied = Object.values(DENIED).flatMap((numbers) => numbers[column] ?? []);
  const inspect = (name: keyof typeof INSPECTED, label: string): Instruction => ifEqual(INSPECTED[name][column], label);
  return assemble([
    load(ARCHITECTURE),
    ifEqual(AUDIT_ARCH[architecture], undefined, "foreign"),
    load(NUMBER),
    ...(architecture === "x64" ? [ifAnyBit(X32_BIT, "absent")] : []),
    // First what is called often.
    inspect("ioctl", "ioctl"),
    inspect("clone", "clone"),
    inspect("clone3", "absent"),
    inspect("socket", "socket"),
    inspect("socketpair", "socket"),
    inspect("unshare", "unshare"),
    inspect("personality", "personality"),
    ...denied.map((number) => ifEqual(number, "denied")),
    answer(ALLOW),
    "ioctl",
    load(lowHalf(1)),
    ifEqual(TIOCSTI, "denied"),
    ifEqual(TIOCLINUX, "denied", "allowed"),
    "clone",
    load(lowHalf(0)),
    ifAnyBit(NAMESPACES, "denied", "allowed"),
    "unshare",
    load(lowHalf(0)),
    ifAnyBit(NAMESPACES | NEWTIME, "denied", "allowed"),
    "personality",
    load(lowHalf(0)),
    ifEqual(0, "allowed"),
    ifEqual(PERSONALITY_QUERY, "allowed", "denied"),
    "socket",
    load(lowHalf(0)),
    ifEqual(AF_UNIX, "allowed"),
    ifEqual(AF_INET, "allowed"),
    ifEqual(AF_INET6, "allowed"),
    ifEqual(AF_NETLINK, undefined, "family"),
    // Asking for addresses and routes needs it; the other protocols reach the firewall, the audit log and drivers.
    load(lowHalf(2)),
    ifEqual(NETLINK_ROUTE, "allowed", "protocol"),
    "allowed",
    answer(ALLOW),
    "denied",
    answer(errno(EPERM)),
    "absent",
    answer(errno(ENOSYS)),
    "family",
    answer(errno(EAFNOSUPPORT)),
    "protocol",
    answer(errno(EPROTONOSUPPORT)),
    "foreign",
    answer(KILL_PROCESS),
  ]);
}

/** A label stands before the instruction it names. Throws on a label that is unknown, behind, or farther than 255 instructions. */
function assemble(lines: (Instruction | string)[]): Buffer {
  const labels = new Map<string, number>();
  const program: Instruction[] = [];
  for (const line of lines) {
    if (typeof line === "string") labels.set(line, program.length);
    else program.push(line);
  }
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(({ code, k, then, otherwise }, at) => {
    const distance = (label: string | undefined): number => {
      if (label === undefined) return 0;
      const target = labels.get(label);
      if (target === undefined || target <= at || target - at - 1 > 255) throw new Error(`no jump from instruction ${at} to ${label}`);
      return target - at - 1;
    };
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(distance(then), at * 8 + 2);
    bytes.writeUInt8(distance(otherwise), at * 8 + 3);
    // `|` makes signed numbers; the kernel's are not.
    bytes.writeUInt32LE(k >>> 0, at * 8 + 4);
  });
  return bytes;
}
