/** Why agents cannot work in containers here, and what to do. The message says both: it is what becomes of a variation that was to start. */
export class ContainerTrouble extends Error {
  constructor(
    readonly found: string,
    readonly remedy: string,
  ) {
    super(`${found} ${remedy}`);
  }
}
