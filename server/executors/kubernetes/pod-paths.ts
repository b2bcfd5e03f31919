/**
 * Paths inside the pod. `work` is the volume with everything of an attempt; `tree` is its folder `tree` once more, where sandboxes have it on any
 * executor: environments of Python name it.
 */
export const POD_PATHS = {
  config: "/run/aideator/pod",
  work: "/var/aideator",
  tree: "/workspace",
  temporary: "/tmp",
  program: "/opt/aideator/pod.mjs",
} as const;
