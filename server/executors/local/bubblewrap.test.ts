import { describe, expect, it } from "vitest";
import { type BubblewrapHost, bubblewrapArguments, type SandboxedProgram } from "./bubblewrap";

const host: BubblewrapHost = {
  bwrap: "/usr/bin/bwrap",
  setpriv: "/usr/bin/setpriv",
  node: "/home/me/.nvm/versions/node/v20/bin/node",
  systemPaths: ["/usr", "/etc/ssl"],
  systemLinks: [{ path: "/bin", target: "usr/bin" }],
};
const program: SandboxedProgram = {
  argv: ["node", "agent.mjs"],
  cwd: "/workspace",
  env: { HOME: "/home/agent", TOKEN: "a b" },
  mounts: [
    { from: "/data/tree", to: "/workspace", writable: true },
    { from: "/data/gateway", to: "/run/aideator/gateway", writable: false },
  ],
  uid: 61_000,
};

/** The values that follow an option, wherever it stands. */
const after = (argv: string[], option: string, count = 1): string[][] =>
  argv.flatMap((word, at) => (word === option ? [argv.slice(at + 1, at + 1 + count)] : []));

describe.each([true, false])("the sandbox of a server that is root: %s", (asRoot) => {
  const argv = bubblewrapArguments(host, program, asRoot);
  const end = argv.indexOf("--");

  it("shows the allow-list, the agent's own folders and Node.js, and only the tree to write", () => {
    expect(after(argv, "--ro-bind", 2).map(([from]) => from)).toEqual([
      "/usr",
      "/etc/ssl",
      "/home/me/.nvm/versions/node/v20",
      "/data/gateway",
    ]);
    expect(after(argv, "--bind", 2)).toEqual([["/data/tree", "/workspace"]]);
  });

  it("has no network, no foreign processes, no environment of the server, no capability", () => {
    const cut = asRoot ? ["--unshare-net", "--unshare-pid", "--unshare-ipc"] : ["--unshare-all"];
    for (const option of [...cut, "--clearenv", "--new-session", "--die-with-parent"]) expect(argv.indexOf(option)).toBeGreaterThan(0);
    expect(argv).not.toContain("--share-net");
    expect(after(argv, "--cap-drop")).toEqual([["ALL"]]);
    expect(after(argv, "--setenv", 2)).toEqual([
      ["HOME", "/home/agent"],
      ["TOKEN", "a b"],
    ]);
  });

  it("makes the folders above a mount readable before it mounts", () => {
    for (const folder of ["/run", "/run/aideator", "/home/me/.nvm/versions/node"]) {
      expect(argv.slice(argv.indexOf(folder) - 3, argv.indexOf(folder))).toEqual(["--perms", "0755", "--dir"]);
    }
    expect(argv.indexOf("/run/aideator")).toBeLessThan(argv.indexOf("/run/aideator/gateway"));
  });

  it("ends with the program", () => {
    expect(argv.slice(-2)).toEqual(program.argv);
    expect(end).toBeGreaterThan(0);
  });
});

it("becomes another user for good when the server is root, and never keeps root behind a user namespace", () => {
  const argv = bubblewrapArguments(host, program, true);
  expect(argv).not.toContain("--unshare-user");
  expect(argv).not.toContain("--unshare-all");
  expect(after(argv, "--cap-add").flat()).toEqual(["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"]);
  const inside = argv.slice(argv.indexOf("--") + 1);
  expect(inside[0]).toBe("/usr/bin/setpriv");
  expect(after(inside, "--reuid")).toEqual([["61000"]]);
  expect(after(inside, "--regid")).toEqual([["61000"]]);
  for (const option of ["--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]) expect(inside).toContain(option);
});

it("adds no capability and no setpriv for an ordinary user", () => {
  const argv = bubblewrapArguments(host, program, false);
  expect(argv).not.toContain("--cap-add");
  expect(argv.slice(argv.indexOf("--") + 1)).toEqual(program.argv);
});
