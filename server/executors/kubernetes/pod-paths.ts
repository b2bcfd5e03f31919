/**
 * Paths inside the pod. `work` is the volume with everything of an attempt. The image has a link `/workspace` to its folder `tree`, where sandboxes
 * have it on any executor: environments of Python name it. No mount: its root would belong to root, and git would trust it to nobody.
 */
export const POD_PATHS = {
  config: "/run/aideator/pod",
  work: "/var/aideator",
  temporary: "/tmp",
  program: "/opt/aideator/pod.mjs",
} as const;
