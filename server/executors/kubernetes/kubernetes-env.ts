import { resolve } from "node:path";
import type { V1Toleration } from "@kubernetes/client-node";
import { z } from "zod";
import { KUBERNETES_DEFAULTS, type KubernetesSettings, type WorkspaceVolume } from "./kubernetes-settings";

/** Absolute paths of PEM files. */
export interface TlsFiles {
  cert: string;
  key: string;
}

const { resources, workspace } = KUBERNETES_DEFAULTS;
/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ as far as anybody writes it. */
const QUANTITY = /^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/;
/** RFC 1123, as names of namespaces, classes and Secrets have to be. */
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const LABEL = /^([A-Za-z0-9.-]+\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

const quantity = z.string().regex(QUANTITY, "must be a quantity such as 500m, 2 or 4Gi");
const name = z.string().regex(NAME, "must be a name of Kubernetes: small letters, digits, - and .");
const parts = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** What the kubernetes executor adds to the configuration. */
export const kubernetesEnvShape = {
  AIDEATOR_GATEWAY_PORT: z.coerce.number({ error: "must be a port number" }).int().min(0).max(65_535).default(3_100),
  AIDEATOR_GATEWAY_URL: z
    .url({ protocol: /^https?$/, error: "must be the http:// or https:// address at which pods reach this server's AIDEATOR_GATEWAY_PORT" })
    .optional(),
  AIDEATOR_GATEWAY_TLS_CERT: z.string().min(1).optional(),
  AIDEATOR_GATEWAY_TLS_KEY: z.string().min(1).optional(),
  AIDEATOR_GATEWAY_TLS_CA: z.string().min(1).optional(),
  AIDEATOR_AGENT_IMAGE: z.string().regex(/^\S+$/, "must be the name of an image").optional(),
  AIDEATOR_K8S_NAMESPACE: name.default("aideator"),
  AIDEATOR_K8S_PULL_POLICY: z
    .enum(["Always", "IfNotPresent", "Never"], { error: "must be Always, IfNotPresent or Never" })
    .default("IfNotPresent"),
  AIDEATOR_K8S_PULL_SECRETS: z
    .string()
    .default("")
    .transform((text) => parts(text).map((one) => ({ name: one })))
    .refine((all) => all.every((one) => NAME.test(one.name)), "must be names of Secrets, separated by commas"),
  AIDEATOR_K8S_CPU: quantity.default(resources.cpuRequest),
  AIDEATOR_K8S_CPU_LIMIT: quantity.optional(),
  AIDEATOR_K8S_MEMORY_REQUEST: quantity.default(resources.memoryRequest),
  AIDEATOR_K8S_MEMORY: quantity.default(resources.memoryLimit),
  AIDEATOR_K8S_WORKSPACE: z
    .string()
    .default(workspace.kind === "emptyDir" ? workspace.sizeLimit : workspace.size)
    .transform(parseWorkspace)
    .refine(
      (volume) => volume !== undefined,
      "must be a size such as 10Gi, or claim:SIZE or claim:SIZE:STORAGECLASS for a volume of its own",
    ),
  AIDEATOR_K8S_RUNTIME_CLASS: name.optional(),
  AIDEATOR_K8S_SERVICE_ACCOUNT: name.optional(),
  AIDEATOR_K8S_NODE_SELECTOR: z
    .string()
    .default("")
    .transform(parseSelector)
    .refine((selector) => selector !== undefined, "must be labels as key=value, separated by commas"),
  AIDEATOR_K8S_TOLERATIONS: z
    .string()
    .default("")
    .transform((text) => parts(text).map(parseToleration))
    .refine((all) => !all.includes(undefined), "must be key, key=value or key=value:EFFECT, separated by commas"),
};

type KubernetesEnv = z.output<z.ZodObject<typeof kubernetesEnvShape>>;

/** What agents' pods are made by; a sentence for a person where something is missing. */
export function kubernetesSettings(env: KubernetesEnv): KubernetesSettings | string {
  const { AIDEATOR_AGENT_IMAGE: image, AIDEATOR_GATEWAY_URL: gatewayUrl } = env;
  if (image === undefined)
    return "AIDEATOR_AGENT_IMAGE is missing: with AIDEATOR_EXECUTOR=kubernetes it names the image that agents run in.";
  if (gatewayUrl === undefined) {
    return "AIDEATOR_GATEWAY_URL is missing: with AIDEATOR_EXECUTOR=kubernetes it is the address at which pods reach AIDEATOR_GATEWAY_PORT of this server.";
  }
  const { AIDEATOR_GATEWAY_TLS_CERT: cert, AIDEATOR_GATEWAY_TLS_KEY: key, AIDEATOR_GATEWAY_TLS_CA: ca } = env;
  if ((cert === undefined) !== (key === undefined))
    return `AIDEATOR_GATEWAY_TLS_${cert === undefined ? "CERT" : "KEY"} is missing: give both files, or neither.`;
  if (cert !== undefined && !gatewayUrl.startsWith("https:"))
    return "AIDEATOR_GATEWAY_URL must begin with https:// where AIDEATOR_GATEWAY_TLS_CERT is set: the port then speaks nothing else.";
  return {
    namespace: env.AIDEATOR_K8S_NAMESPACE,
    image,
    gatewayUrl,
    gatewayCa: ca === undefined ? undefined : resolve(ca),
    imagePullPolicy: env.AIDEATOR_K8S_PULL_POLICY,
    imagePullSecrets: env.AIDEATOR_K8S_PULL_SECRETS,
    resources: {
      cpuRequest: env.AIDEATOR_K8S_CPU,
      cpuLimit: env.AIDEATOR_K8S_CPU_LIMIT,
      memoryRequest: env.AIDEATOR_K8S_MEMORY_REQUEST,
      memoryLimit: env.AIDEATOR_K8S_MEMORY,
    },
    workspace: env.AIDEATOR_K8S_WORKSPACE ?? workspace,
    runtimeClassName: env.AIDEATOR_K8S_RUNTIME_CLASS,
    serviceAccountName: env.AIDEATOR_K8S_SERVICE_ACCOUNT,
    nodeSelector: env.AIDEATOR_K8S_NODE_SELECTOR ?? {},
    tolerations: env.AIDEATOR_K8S_TOLERATIONS.filter((one) => one !== undefined),
  };
}

/** The files that the pods' listener speaks HTTPS with; absent: it speaks HTTP. */
export function gatewayTls({ AIDEATOR_GATEWAY_TLS_CERT: cert, AIDEATOR_GATEWAY_TLS_KEY: key }: KubernetesEnv): TlsFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert: resolve(cert), key: resolve(key) };
}

/** `10Gi`, `claim:50Gi`, `claim:50Gi:fast`. */
function parseWorkspace(text: string): WorkspaceVolume | undefined {
  if (QUANTITY.test(text)) return { kind: "emptyDir", sizeLimit: text };
  const [kind, size = "", storageClass, more] = text.split(":");
  if (kind !== "claim" || !QUANTITY.test(size) || more !== undefined) return undefined;
  if (storageClass === undefined) return { kind: "claim", size };
  return NAME.test(storageClass) ? { kind: "claim", size, storageClass } : undefined;
}

function parseSelector(text: string): Record<string, string> | undefined {
  const pairs = parts(text).map((part) => /^([^=]+)=(.*)$/.exec(part)?.slice(1) ?? ["", ""]);
  const whole = pairs.every(([key = "", value = ""]) => LABEL.test(key) && VALUE.test(value));
  return whole ? Object.fromEntries(pairs) : undefined;
}

/** As `kubectl taint` writes them. */
function parseToleration(text: string): V1Toleration | undefined {
  const [, key = "", value, effect] = /^([^=:]+)(?:=([^:]*))?(?::(NoSchedule|PreferNoSchedule|NoExecute))?$/.exec(text) ?? [];
  if (!LABEL.test(key) || !VALUE.test(value ?? "")) return undefined;
  return {
    key,
    ...(value === undefined ? { operator: "Exists" } : { operator: "Equal", value }),
    ...(effect === undefined ? {} : { effect }),
  };
}
