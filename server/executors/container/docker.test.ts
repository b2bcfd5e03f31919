import { containersContract } from "./containers.contract";
import { docker } from "./docker-harness";

await containersContract(docker);
