/** One host that may be reached. */
export interface EgressRule {
  /** Lower case. With `anySubdomain` everything below it, itself not. */
  host: string;
  anySubdomain: boolean;
  /** Absent: 80 and 443. */
  port?: number;
  /** True where the operator of the server named it: then it may also be an address that is not of the public internet. */
  byOperator: boolean;
}

const HOST =
  /^(\*\.)?((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/;
const WEB_PORTS = [80, 443];

/** `registry.example.org`, `*.example.org`, each with `:port` where it is neither 80 nor 443; undefined when it is none of these. */
export function parseEgressRule(text: string, byOperator: boolean): EgressRule | undefined {
  const [, wildcard, host, port] = HOST.exec(text.trim().toLowerCase()) ?? [];
  if (host === undefined || host.length > 253) return undefined;
  // A star over a whole top level, or over numbers of an address, is no list.
  if (wildcard !== undefined && (!host.includes(".") || /^[\d.]+$/.test(host))) return undefined;
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && (number < 1 || number > 65_535)) return undefined;
  return { host: host.replace(/^\[|\]$/g, ""), anySubdomain: wildcard !== undefined, port: number, byOperator };
}

/** The rule that lets this host and port through; one of the operator before others. */
export function findEgressRule(rules: readonly EgressRule[], host: string, port: number): EgressRule | undefined {
  const name = host.toLowerCase().replace(/\.$/, "");
  const fitting = rules.filter((rule) => {
    const named = rule.anySubdomain ? name.endsWith(`.${rule.host}`) : name === rule.host;
    return named && (rule.port === undefined ? WEB_PORTS.includes(port) : rule.port === port);
  });
  return fitting.find(({ byOperator }) => byOperator) ?? fitting[0];
}
