import type { ContainerSpec } from "./container-spec";

/** In the attempt's folder, mode 0600: it holds the token. */
export const CONTAIN_ORDER_FILE = "container.json";

/** What `contain.ts` is to make. */
export interface ContainOrder {
  socketPath: string;
  /** Of the image, as the configuration has it. */
  image: string;
  name: string;
  spec: ContainerSpec;
}
