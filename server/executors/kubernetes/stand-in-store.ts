import { randomUUID } from "node:crypto";

export type Kind = "jobs" | "pods" | "secrets" | "events";

/** An object of the stand-in, loosely typed as JSON is. */
export interface StandInObject {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { uid: string; name: string }[];
    deletionTimestamp?: string;
  };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface StandInEvent {
  kind: Kind;
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: StandInObject;
  version: number;
}

/** Objects with one counter of versions and a history, as etcd keeps them. Every change goes through `put` and `remove`. */
export class StandInStore {
  private version = 1;
  private readonly objects = new Map<string, StandInObject>();
  private history: StandInEvent[] = [];
  private forgotten = 0;
  private readonly listeners = new Set<(event: StandInEvent) => void>();

  get(kind: Kind, name: string): StandInObject | undefined {
    return this.objects.get(`${kind}/${name}`);
  }

  list(kind: Kind): StandInObject[] {
    return [...this.objects].filter(([key]) => key.startsWith(`${kind}/`)).map(([, object]) => object);
  }

  now(): number {
    return this.version;
  }

  put(kind: Kind, object: Record<string, unknown> & { metadata: Partial<StandInObject["metadata"]> & { name: string } }): StandInObject {
    const before = this.get(kind, object.metadata.name);
    const metadata = { uid: before?.metadata.uid ?? randomUUID(), ...object.metadata, resourceVersion: String(++this.version) };
    const stored = structuredClone({ ...object, metadata }) as StandInObject;
    this.objects.set(`${kind}/${metadata.name}`, stored);
    this.tell({ kind, type: before === undefined ? "ADDED" : "MODIFIED", object: stored, version: this.version });
    return stored;
  }

  remove(kind: Kind, name: string): void {
    const object = this.get(kind, name);
    if (object === undefined) return;
    this.objects.delete(`${kind}/${name}`);
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } };
    this.tell({ kind, type: "DELETED", object: last, version: this.version });
  }

  /** What came after `version`; undefined when that is forgotten. */
  since(kind: Kind, version: number): StandInEvent[] | undefined {
    return version < this.forgotten ? undefined : this.history.filter((event) => event.kind === kind && event.version > version);
  }

  /** Forgets its history, as etcd does every few minutes. */
  compact(): void {
    this.forgotten = ++this.version;
    this.history = [];
  }

  onEvent(listener: (event: StandInEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(event: StandInEvent): void {
    this.history.push(event);
    for (const listener of [...this.listeners]) listener(event);
  }
}
