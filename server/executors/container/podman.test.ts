import { containersContract } from "./containers.contract";
import { podman } from "./podman-harness";

await containersContract(podman);
