import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPublicAddress } from "./address-guard";
import { allowCommand, parseRepositoryAddress } from "./repository-address";

let root: string;
const parse = (text: string) => parseRepositoryAddress(text, { localRoots: [join(root, "code")], gitHosts: ["git.intern:3000"] });

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "aideator-address-"));
  for (const path of ["code/my shop", "secret", "code/plain"]) mkdirSync(join(root, path), { recursive: true });
  for (const path of ["code/my shop", "secret"]) execFileSync("git", ["init", "-q"], { cwd: join(root, path) });
  symlinkSync(join(root, "secret"), join(root, "code/link"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("addresses that git may see", () => {
  it.each([
    ["https://github.com/acme/shop", "https", "https://github.com/acme/shop", "acme/shop"],
    [" https://github.com/acme/shop.git/ ", "https", "https://github.com/acme/shop.git", "acme/shop"],
    ["HTTPS://GitHub.com/acme/shop", "https", "https://github.com/acme/shop", "acme/shop"],
    ["ssh://git@github.com:22/acme/shop", "ssh", "ssh://git@github.com:22/acme/shop", "acme/shop"],
    ["git@github.com:acme/shop.git", "ssh", "ssh://git@github.com/acme/shop.git", "acme/shop"],
    ["http://git.intern:3000/acme/shop", "https", "http://git.intern:3000/acme/shop", "acme/shop"],
  ])("%s", async (text, kind, url, name) => {
    expect(await parse(text)).toEqual({ kind, url, name });
  });

  it("a repository inside an allowed folder", async () => {
    const path = join(root, "code/my shop");
    expect(await parse(path)).toEqual({ kind: "path", url: path, name: "my shop" });
    expect(await parse(join(path, ".git"))).toMatchObject({ url: path });
  });
});

describe("addresses that are refused with the field and a remedy", () => {
  it.each([
    "",
    "ext::sh -c touch% /tmp/x",
    "EXT::sh",
    "ext::sh",
    "--upload-pack=touch",
    "-cprotocol.ext.allow=always",
    "ssh://-oProxyCommand=touch/x",
    "ssh://git@-oProxyCommand=x/a",
    "file:///etc",
    "FILE:///etc",
    "git://github.com/a/b",
    "http://github.com/a/b",
    "ftp://github.com/a/b",
    "data:text/plain,x",
    "javascript:1",
    "shop",
    "../shop",
    "https://",
    "https://github.com",
    "https://github.com/",
    "https://github.com/a/../..%2f",
    "https://user:hunter2@github.com/a/b",
    "https://hunter2@github.com/a/b",
    "ssh://git:hunter2@github.com/a/b",
    "https://github.com/a/b\r\nHost: x",
    "https://github.com/a b",
    "https://github.com/a/b?x=1",
    "https://github.com/a/b#x",
    "git@-oProxyCommand:x",
    "git@host:-x y",
    "https://github.com/a/`id`",
    "https://github.com/a/$(id)",
  ])("%j", async (text) => {
    const error = await parse(text).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error).toMatchObject({ code: "bad_request", fields: [{ field: "github_url" }] });
    expect(JSON.stringify([error, error?.message])).not.toContain("hunter2");
  });

  it.each(["secret", "code/link", "code/plain", "code/nowhere", "code/../secret", "code/my shop/../../secret", ""])(
    "the path %j",
    async (path) => {
      await expect(parse(path === "" ? "/" : `${root}/${path}`)).rejects.toMatchObject({ code: "bad_request" });
    },
  );
});

describe("addresses that may be dialled", () => {
  it.each(["140.82.121.4", "2606:50c0:8000::153"])("%s", (ip) => expect(isPublicAddress(ip)).toBe(true));
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "not an address",
    "2130706433",
  ])("but not %s", (ip) => expect(isPublicAddress(ip)).toBe(false));
});

it("a path that is not allowed yet is refused with the command that allows it, quoted for a shell", async () => {
  const rules = { localRoots: [], gitHosts: [], allowCommand };
  await expect(parseRepositoryAddress(join(root, "secret"), rules)).rejects.toThrow(`npx aideator allow ${join(root, "secret")} `);
  await expect(parseRepositoryAddress("/it's mine/$(x)", rules)).rejects.toThrow(`npx aideator allow '/it'\\''s mine/$(x)'`);
  await expect(parseRepositoryAddress("/a\nrm -rf /", rules)).rejects.not.toThrow("npx aideator");
  await expect(parse(join(root, "secret"))).rejects.not.toThrow("npx aideator");
});
