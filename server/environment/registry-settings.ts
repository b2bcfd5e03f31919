/** Where this server's package managers look, so that set-ups look there too; no credentials. */
export interface RegistrySettings {
  /** For the set-up. */
  variables: Record<string, string>;
  /** `host` or `host:port` of the addresses in them: the operator trusts them. */
  hosts: string[];
  /** Files with certificates, by the variable that names them. Absolute. */
  certificates: { name: string; path: string }[];
}

const REGISTRY_NAMES = [
  "npm_config_registry",
  "NPM_CONFIG_REGISTRY",
  "COREPACK_NPM_REGISTRY",
  "YARN_NPM_REGISTRY_SERVER",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "UV_DEFAULT_INDEX",
  "UV_INDEX_URL",
  "GOPROXY",
  "GOSUMDB",
  "GONOSUMDB",
  "GOPRIVATE",
  "CARGO_REGISTRIES_CRATES_IO_INDEX",
];
const CERTIFICATE_NAMES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE", "CARGO_HTTP_CAINFO"];

/** Picks them from the server's environment. Pure. */
export function registrySettings(source: Readonly<Record<string, string | undefined>>): RegistrySettings {
  const hosts = new Set<string>();
  const variables: Record<string, string> = {};
  for (const name of REGISTRY_NAMES) {
    const value = source[name];
    if (value === undefined || value === "") continue;
    // Lists are separated by white space, commas or bars.
    variables[name] = value.replace(/(?:[a-z]+\+)?https?:\/\/[^\s,|]+/g, (text) => {
      const [, prefix = "", address = ""] = /^([a-z]+\+)?(.*)$/.exec(text) ?? [];
      if (!URL.canParse(address)) return text;
      const url = new URL(address);
      url.username = "";
      url.password = "";
      hosts.add(url.host);
      return `${prefix}${url.href}`;
    });
  }
  const certificates = CERTIFICATE_NAMES.flatMap((name) => {
    const path = source[name];
    return path?.startsWith("/") === true ? [{ name, path }] : [];
  });
  return { variables, hosts: [...hosts], certificates };
}
