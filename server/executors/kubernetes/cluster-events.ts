import { type ClusterApi, ClusterError } from "./cluster-api";
import type { ClusterEvent } from "./pod-failure";

/** What the cluster said of objects of a namespace. */
export interface ClusterEvents {
  /** Of these objects. Empty where they cannot be read: why something waits is nice to know, and nothing depends on it. */
  of(names: readonly string[]): Promise<ClusterEvent[]>;
}

/** A server that may not list events is told so once, and does without from then on. */
export function createClusterEvents(api: ClusterApi, namespace: string): ClusterEvents {
  let refused = false;

  async function read(name: string): Promise<ClusterEvent[]> {
    if (refused) return [];
    const query = { fieldSelector: `involvedObject.name=${name}`, limit: "50" };
    try {
      const answer = await api.call("GET", `/api/v1/namespaces/${namespace}/events`, { query });
      return (answer as { items?: ClusterEvent[] }).items ?? [];
    } catch (error) {
      if (error instanceof ClusterError && error.status === 403) refused = true;
      return [];
    }
  }

  return { of: async (names) => (await Promise.all(names.map(read))).flat() };
}
