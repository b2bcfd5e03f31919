# System calls by their numbers: mounts, namespaces, devices, tracing, privileges. An attack that succeeds harms nothing yet.
use strict; use warnings; use POSIX (); $| = 1;
my $arm = `uname -m` =~ /aarch64/;
my %n = $arm
  ? (mount => 40, umount2 => 39, unshare => 97, setns => 268, chroot => 51, pivot_root => 41, mknodat => 33, ptrace => 117, bpf => 280, keyctl => 219, perf => 241, uring => 425, handle => 265, sethostname => 161, setresuid => 147, setresgid => 149, setgroups => 159, userfaultfd => 282, clone3 => 435, fsopen => 430, open_tree => 428, swapon => 224, syslog => 116, clock => 112, process_vm => 270, pidfd_open => 434, pidfd_getfd => 438, init_module => 105)
  : (mount => 165, umount2 => 166, unshare => 272, setns => 308, chroot => 161, pivot_root => 155, mknodat => 259, ptrace => 101, bpf => 321, keyctl => 250, perf => 298, uring => 425, handle => 304, sethostname => 170, setresuid => 117, setresgid => 119, setgroups => 116, userfaultfd => 323, clone3 => 435, fsopen => 430, open_tree => 428, swapon => 167, syslog => 103, clock => 227, process_vm => 310, pidfd_open => 434, pidfd_getfd => 438, init_module => 175);
sub attack { my ($name, $code) = @_; $! = 0; my $got = eval { $code->() };
  printf "\n@@ %s %s %s\n", $name, (defined $got && $got ? "breached" : "refused"), (defined $got && $got ? $got : "$!" || $@ || ""); }
sub ok { my ($result) = @_; return defined $result && $result != -1 ? "allowed" : undef }
my ($none, $slash, $tmp) = ("none\0", "/\0", "/tmp\0"); my $tmpfs = "tmpfs\0"; my $proc = "proc\0";
attack("mount-tmpfs", sub { ok(syscall($n{mount}, $none, $tmp, $tmpfs, 0, 0)) });
attack("mount-proc", sub { ok(syscall($n{mount}, $none, $tmp, $proc, 0, 0)) });
attack("remount-writable", sub { my $usr = "/usr\0"; ok(syscall($n{mount}, $none, $usr, 0, 32 | 4096, 0)) });
attack("unmount", sub { my $at = "/opt/aideator/agent.mjs\0"; ok(syscall($n{umount2}, $at, 2)) });
attack("new-mount-calls", sub { ok(syscall($n{fsopen}, $tmpfs, 0)) || ok(syscall($n{open_tree}, -100, $slash, 1)) });
attack("chroot", sub { ok(syscall($n{chroot}, $tmp)) });
attack("pivot-root", sub { ok(syscall($n{pivot_root}, $tmp, $tmp)) });
my %namespaces = (user => 0x10000000, mount => 0x20000, pid => 0x20000000, network => 0x40000000, cgroup => 0x2000000);
attack("unshare-user", sub { ok(syscall($n{unshare}, $namespaces{user})) });
attack("unshare-mount", sub { ok(syscall($n{unshare}, $namespaces{mount})) });
attack("unshare-pid", sub { ok(syscall($n{unshare}, $namespaces{pid})) });
attack("unshare-network", sub { ok(syscall($n{unshare}, $namespaces{network})) });
attack("nested-namespaces", sub { ok(syscall($n{unshare}, $namespaces{user} | $namespaces{mount} | $namespaces{pid})) });
attack("enter-namespace", sub { open(my $ns, "<", "/proc/1/ns/mnt") or return undef; ok(syscall($n{setns}, fileno($ns), 0)) });
attack("device-null", sub { my $at = "/workspace/null-node\0"; ok(syscall($n{mknodat}, -100, $at, 0020666, 0x103)) });
attack("device-disk", sub { my $at = "/workspace/disk-node\0"; ok(syscall($n{mknodat}, -100, $at, 0060666, 0xfe00)) });
attack("trace-init", sub { ok(syscall($n{ptrace}, 16, 1, 0, 0)) });
attack("trace-server", sub { ok(syscall($n{ptrace}, 16, $ENV{SERVER_PID} + 0, 0, 0)) });
attack("read-memory-of-init", sub { my $local = "x" x 16; my $a = pack("PQ", $local, 16); my $b = pack("QQ", 0x400000, 16); ok(syscall($n{process_vm}, 1, $a, 1, $b, 1, 0)) });
attack("descriptor-of-init", sub { my $fd = syscall($n{pidfd_open}, 1, 0); return undef if $fd < 0; ok(syscall($n{pidfd_getfd}, $fd, 0, 0)) });
attack("kill-server", sub { kill(0, $ENV{SERVER_PID}) ? "may signal" : undef });
attack("kill-init", sub { kill(0, 1) ? "may signal" : undef });
attack("become-root", sub { ok(syscall($n{setresuid}, 0, 0, 0)) });
attack("become-root-group", sub { ok(syscall($n{setresgid}, 0, 0, 0)) });
attack("become-another-attempts-user", sub { ok(syscall($n{setresuid}, $> == 61000 ? 61001 : 61000, -1, -1)) });
attack("drop-groups", sub { ok(syscall($n{setgroups}, 0, 0)) });
attack("bpf", sub { my $attr = "\0" x 128; ok(syscall($n{bpf}, 0, $attr, 128)) });
attack("kernel-keys", sub { ok(syscall($n{keyctl}, 0, -3, 1)) });
attack("performance-counters", sub { my $attr = pack("LLQ", 1, 120, 0) . "\0" x 112; ok(syscall($n{perf}, $attr, 0, -1, -1, 0)) });
attack("io-uring", sub { my $params = "\0" x 120; ok(syscall($n{uring}, 4, $params)) });
attack("user-faults", sub { ok(syscall($n{userfaultfd}, 0)) });
attack("open-by-handle", sub { my $handle = pack("Ll", 8, 1) . pack("LL", 2, 0); ok(syscall($n{handle}, -100, $handle, 0)) });
attack("host-name", sub { my $name = "evil"; ok(syscall($n{sethostname}, $name, 4)) });
attack("swap", sub { my $at = "/workspace/none\0"; $! = 0; my $r = syscall($n{swapon}, $at, 0); $! == POSIX::EPERM() ? undef : "not refused but $!" });
attack("kernel-log", sub { my $text = "\0" x 100; ok(syscall($n{syslog}, 3, $text, 100)) });
attack("kernel-module", sub { my $text = "x"; $! = 0; syscall($n{init_module}, $text, 1, $text); $! == POSIX::EPERM() ? undef : "not refused but $!" });
attack("set-clock", sub { my $time = pack("qq", -1, -1); $! = 0; syscall($n{clock}, 0, $time); $! == POSIX::EPERM() ? undef : "not refused but $!" });
attack("raise-priority", sub { POSIX::nice(-30) ? "allowed" : undef });
attack("file-beyond-limit", sub { open(my $big, ">", "/workspace/big") or return undef; local $SIG{XFSZ} = "IGNORE"; my $r = truncate($big, 5 * 1024 ** 4); close $big; unlink "/workspace/big"; $r ? "5 TB" : undef });
attack("much-shared-memory", sub { local $SIG{XFSZ} = "IGNORE"; open(my $shm, ">", "/dev/shm/much") or return undef; my $part = "x" x 2 ** 20; my $bad; for (1 .. 400) { syswrite($shm, $part) or do { $bad = 1; last } } close $shm; my $error = $!; unlink "/dev/shm/much"; $! = $error; $bad ? undef : "400 MB" });
