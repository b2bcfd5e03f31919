import { podOf, type StandInKubelet } from "./stand-in-kubelet-harness";
import type { StandInObject, StandInStore } from "./stand-in-store";

/** What the Job controller and the garbage collector do: a pod for a Job, its count afterwards, and what belongs to what is gone. */
export class StandInController {
  /** The quota of the namespace refuses pods with these words. */
  refusePods: string | undefined;
  /** The controller's word comes some time after the pod's end. */
  delayMs = 60;

  constructor(
    private readonly store: StandInStore,
    private readonly kubelet: StandInKubelet,
  ) {
    store.onEvent(({ kind, type, object }) => {
      if (kind === "jobs" && type !== "DELETED") setTimeout(() => this.look(object.metadata.name), 5);
      if (kind === "jobs" && type === "DELETED")
        store
          .list("secrets")
          .filter((one) => owned(one, object))
          .forEach((one) => store.remove("secrets", one.metadata.name));
      if (kind === "pods" && type !== "ADDED") setTimeout(() => this.count(object, type === "DELETED"), this.delayMs);
    });
  }

  private look(name: string): void {
    const job = this.store.get("jobs", name);
    if (job === undefined) return;
    const pods = this.store.list("pods").filter((pod) => owned(pod, job));
    if (pods.length > 0 || job.status !== undefined || job.metadata.deletionTimestamp !== undefined) return;
    if (this.refusePods !== undefined) {
      this.store.put("events", {
        metadata: { name: `refused-${name}` },
        involvedObject: { name },
        reason: "FailedCreate",
        message: this.refusePods,
      });
      return;
    }
    const pod = podOf(job);
    this.store.put("pods", pod);
    this.kubelet.admit(pod.metadata.name);
  }

  private count(pod: StandInObject, gone: boolean): void {
    const job = this.store.list("jobs").find((one) => owned(pod, one));
    const phase = (pod.status as { phase?: string } | undefined)?.phase;
    if (job === undefined || job.status !== undefined) return;
    if (job.metadata.deletionTimestamp !== undefined) {
      if (gone) this.store.remove("jobs", job.metadata.name);
      return;
    }
    if (phase === "Succeeded") this.finish(job, { succeeded: 1, conditions: [{ type: "Complete", status: "True" }] });
    else if (phase === "Failed" || gone)
      this.finish(job, { failed: 1, conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] });
  }

  private finish(job: StandInObject, status: Record<string, unknown>): void {
    this.store.put("jobs", { ...job, status });
  }

  /** `activeDeadlineSeconds` is over: the pods go first, the Job says why a moment later. */
  exceedDeadline(name: string): void {
    const job = this.store.get("jobs", name);
    if (job === undefined) return;
    for (const pod of this.store.list("pods").filter((one) => owned(one, job))) this.kubelet.delete(pod.metadata.name);
    const status = {
      failed: 1,
      conditions: [
        { type: "Failed", status: "True", reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" },
      ],
    };
    setTimeout(() => this.finish(this.store.get("jobs", name) ?? job, status), this.delayMs);
  }

  /** `Foreground`: the Job goes once its pods are gone. `Background`: before them. Without a policy they stay, as with a plain DELETE. */
  deleteJob(name: string, policy?: unknown): void {
    const job = this.store.get("jobs", name);
    if (job === undefined) return;
    const pods = this.store.list("pods").filter((pod) => owned(pod, job));
    if (policy === "Foreground" && pods.length > 0) {
      this.store.put("jobs", { ...job, metadata: { ...job.metadata, deletionTimestamp: new Date().toISOString() } });
      for (const secret of this.store.list("secrets").filter((one) => owned(one, job))) this.store.remove("secrets", secret.metadata.name);
    } else this.store.remove("jobs", name);
    if (policy !== undefined) for (const pod of pods) this.kubelet.delete(pod.metadata.name);
  }
}

function owned(one: StandInObject, owner: StandInObject): boolean {
  return one.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) ?? false;
}
