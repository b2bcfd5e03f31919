/** What a pod may not have, as HTTP says it. */
export class PodRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
