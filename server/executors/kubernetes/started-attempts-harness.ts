import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect } from "vitest";
import type { Failure } from "@/lib/run/failures";
import type { AttachItem, AttemptExit, AttemptSpec, ExecutorRef } from "../executor";
import type { FollowRhythm } from "./follow-pod";
import { createKubernetesHarness, type KubernetesHarness } from "./kubernetes-harness";

/** Prints `{"n":1}` to `{"n":count}`, one every `ms`. */
export const slowly = (count: number, ms = 15): string =>
  `js export default async ({ print, pause }) => { for (let n = 1; n <= ${count}; n += 1) { print(JSON.stringify({ n })); await pause(${ms}); } }`;

export const texts = (items: AttachItem[]): string[] => items.flatMap((item) => (item.type === "line" ? [item.line.text] : []));
export const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `{"n":${at + 1}}`);
export const exitOf = (items: AttachItem[]): AttemptExit[] => items.flatMap((item) => (item.type === "exit" ? [item.exit] : []));
export const failureOf = (items: AttachItem[]): Failure | undefined =>
  exitOf(items).map((exit) => (exit.kind === "failed" ? exit.failure : undefined))[0];

/** Each line once and in order, then the agent's own end. */
export function expectWhole(items: AttachItem[], count: number): void {
  expect(texts(items)).toEqual(numbered(count));
  expect(items.map((item) => (item.type === "line" ? item.line.line : 0))).toEqual([
    ...Array.from({ length: count }, (_, at) => at + 1),
    0,
  ]);
  expect(exitOf(items)).toEqual([{ kind: "exited", code: 0 }]);
}

/** The harness of the test that runs. */
export let harness: KubernetesHarness;

/** To be called once per file: each test has a cluster of its own. */
export function clusterForEachTest(): void {
  beforeEach(async () => {
    harness = await createKubernetesHarness();
  });
  afterEach(() => harness.dispose());
}

/** In place of the one that the test began with. `rhythm`: times that differ. */
export async function renewHarness(rhythm: Partial<FollowRhythm>): Promise<void> {
  await harness.dispose();
  harness = await createKubernetesHarness(rhythm);
}

export async function started(prompt: string, spec = harness.spec(prompt)): Promise<{ ref: ExecutorRef; spec: AttemptSpec }> {
  await harness.executor.prepare(spec);
  return { ref: await harness.executor.start(spec), spec };
}

/** Everything, with `act` once after line `at`. */
export async function drainWith(ref: ExecutorRef, at: number, act: () => unknown): Promise<AttachItem[]> {
  const items: AttachItem[] = [];
  for await (const item of harness.executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) {
    items.push(item);
    if (items.length === at) await act();
  }
  return items;
}

/** Once its container runs. */
export async function podName(spec: Pick<AttemptSpec, "name">): Promise<string> {
  for (;;) {
    const pod = harness.cluster.store.list("pods").find(({ metadata }) => metadata.name.startsWith(`${spec.name}-`));
    if (pod !== undefined && harness.cluster.kubelet.containers.has(pod.metadata.name)) return pod.metadata.name;
    await pause(10);
  }
}
