/** The bytes of the pictures that belong to prompts; what they are is in the log. */
export interface RunImages {
  /** Keeps a run's pictures, before its log begins. */
  save(runId: string, images: readonly Buffer[]): Promise<void>;
  /** Where one lies on the host. */
  path(runId: string, index: number): string;
  /** Undefined when there is none. */
  read(runId: string, index: number): Promise<Buffer | undefined>;
  /** The run was not begun after all. */
  remove(runId: string): Promise<void>;
}
