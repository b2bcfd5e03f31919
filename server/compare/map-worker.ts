import { parentPort } from "node:worker_threads";
import { doMapJob, type MapJob } from "./map-job";

/** The thread's program (`dist/map-worker.mjs`): a job comes as a message, its answer goes back as one. An error ends the thread. */
parentPort?.on("message", (job: MapJob) => parentPort?.postMessage(doMapJob(job)));
