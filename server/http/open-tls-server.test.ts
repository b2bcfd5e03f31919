import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTlsServer } from "./open-tls-server";

let folder: string;
const files = () => ({ cert: join(folder, "tls.crt"), key: join(folder, "tls.key") });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aid-tls-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function certify(name: string): void {
  const { cert, key } = files();
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", `/CN=${name}`];
  execFileSync("openssl", [...args, "-keyout", key, "-out", cert], { stdio: "ignore" });
}

const open = (onError: (error: unknown) => void = () => undefined) =>
  openTlsServer(files(), {}, (_, response) => void response.end(), onError, 50);

async function nameAt(port: number): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

it("takes up renewed files, and keeps the pair before while a new one does not fit", async () => {
  certify("first");
  const errors: unknown[] = [];
  const { server, stopWatching } = await open((error) => errors.push(error));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  expect(await nameAt(port)).toBe("first");
  const { cert, key } = files();
  const old = readFileSync(key);
  certify("second");
  await expect.poll(() => nameAt(port), { timeout: 10_000 }).toBe("second");
  errors.length = 0;
  writeFileSync(key, old);
  await expect.poll(() => errors.length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(await nameAt(port)).toBe("second");
  writeFileSync(cert, "no certificate");
  expect(await nameAt(port)).toBe("second");
  stopWatching();
  server.close();
});

it("says which file is missing", async () => {
  await expect(open()).rejects.toThrow(/AIDEATOR_GATEWAY_TLS_CERT cannot be read: .*tls\.crt/);
});

it("names the settings of a certificate and a key that do not fit", async () => {
  certify("first");
  const { key } = files();
  const other = readFileSync(key);
  certify("second");
  writeFileSync(key, other);
  await expect(open()).rejects.toThrow(/AIDEATOR_GATEWAY_TLS_CERT and AIDEATOR_GATEWAY_TLS_KEY are no pair in PEM form: /);
});
