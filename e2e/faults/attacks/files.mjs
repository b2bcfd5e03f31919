// Files of the host, of the server and of other attempts; writing to the system (B6, B9).
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { attack, targets } from "./report.mjs";

const read = (path) => () => readFileSync(path, "utf8").slice(0, 40) || undefined;
const list = (path) => () => readdirSync(path).join(" ") || undefined;
const write = (path) => () => (appendFileSync(path, "x"), `wrote ${path}`);
const numbers = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name));
const quietly = (look) => {
  try {
    return look();
  } catch {
    return undefined;
  }
};

await attack("read-host-file", read(targets.canaryFile));
await attack("read-data-folder", list(targets.dataDir));
await attack("read-database", read(join(targets.dataDir, "aideator.db")));
await attack("read-other-attempts", list(join(targets.dataDir, "attempts")));
await attack("read-tokens-of-others", read(join(targets.dataDir, "attempts", targets.otherAttempt, "launch.json")));
await attack("read-folder-above", () => readdirSync("/workspace/..").find((name) => /spool|launch|snapshots|attempts/.test(name)));
await attack("read-server-environment", read(`/proc/${targets.serverPid}/environ`));
await attack("read-environments", () =>
  numbers().find((pid) => /AIDEATOR_ACCESS_TOKEN|DATABASE_URL|ANTHROPIC/.test(quietly(read(`/proc/${pid}/environ`)) ?? "")),
);
await attack("read-own-environment", () => Object.keys(process.env).find((name) => /TOKEN|KEY|SECRET|AIDEATOR/.test(name)));
await attack("see-other-processes", () =>
  numbers().find((pid) => /dist\/(server|shim)\.mjs/.test(quietly(read(`/proc/${pid}/cmdline`)) ?? "")),
);
await attack("root-of-others", () => numbers().find((pid) => quietly(() => existsSync(`/proc/${pid}/root${targets.canaryFile}`))));
await attack("cwd-of-others", () => numbers().find((pid) => quietly(() => existsSync(`/proc/${pid}/cwd/dist/server.mjs`))));
await attack("memory-of-init", read("/proc/1/mem"));
await attack("inherited-descriptors", () =>
  readdirSync("/proc/self/fd").find(
    (fd) => Number(fd) > 2 && /^\/(?!dev|proc|workspace)/.test(quietly(() => readlinkSync(`/proc/self/fd/${fd}`)) ?? ""),
  ),
);
await attack("read-shadow", read("/etc/shadow"));
await attack("read-users-of-host", () =>
  readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((line) => line.startsWith("root:")),
);
await attack("read-homes", () => quietly(list("/root")) ?? readdirSync("/home").find((name) => name !== "agent"));
await attack("read-kernel-memory", () => ["/dev/mem", "/dev/kmem", "/proc/kcore", "/dev/port"].find((path) => quietly(read(path))));
await attack("read-disks", () => readdirSync("/dev").find((name) => /^(sd|vd|nvme|dm-|loop)/.test(name)));
await attack("read-sys", () => quietly(list("/sys/fs/cgroup")) ?? quietly(list("/sys/kernel")));
await attack("write-system", () =>
  ["/usr/bin/aid-evil", "/etc/aid-evil", "/aid-evil", "/usr/lib/aid-evil"].find((path) => quietly(write(path))),
);
await attack("write-passwd", write("/etc/passwd"));
await attack("write-agent", write("/opt/aideator/agent.mjs"));
await attack("write-task", write("/run/aideator/task/task.json"));
await attack("write-mirror", write("/mirror/HEAD"));
await attack("write-gateway-folder", write("/run/aideator/gateway/evil"));
await attack("replace-gateway-socket", () => (renameSync("/run/aideator/gateway/gateway.sock", "/run/aideator/gateway/old"), "renamed"));
await attack("remove-gateway-socket", () => (rmSync("/run/aideator/gateway/gateway.sock"), "removed"));
await attack("shut-gateway-socket", () => (chmodSync("/run/aideator/gateway/gateway.sock", 0), "shut"));
await attack("write-kernel-settings", () =>
  ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/kernel/modprobe"].find((path) => quietly(write(path))),
);
await attack("write-oom-score", () => (writeFileSync("/proc/self/oom_score_adj", "-1000"), "exempt"));
await attack("write-control-groups", () =>
  readdirSync("/sys/fs/cgroup").find((name) => quietly(write(`/sys/fs/cgroup/${name}/cgroup.procs`))),
);
await attack("forge-exit", () =>
  ["/exit.json", "/workspace/../exit.json", "/home/exit.json"].find((path) =>
    quietly(() => (writeFileSync(path, '{"code":0,"signal":null,"cause":"ended"}'), path)),
  ),
);
await attack("escape-by-setuid-programs", () => {
  const found = ["/usr/bin/su", "/usr/bin/sudo", "/usr/bin/mount", "/usr/bin/passwd"].filter(
    (path) => existsSync(path) && statSync(path).mode & 0o4000,
  );
  return found.find((path) => spawnSync(path, ["-c", "id -u"], { timeout: 3_000, input: "\n" }).stdout?.toString().trim() === "0");
});
await attack(
  "host-socket-by-path",
  () =>
    new Promise((resolve, reject) =>
      connect(targets.unixSocket)
        .once("connect", () => resolve("connected"))
        .once("error", reject),
    ),
);
