import { executorContract } from "../executor.contract";
import { createKubernetesHarness } from "./kubernetes-harness";

executorContract("kubernetes", createKubernetesHarness);
