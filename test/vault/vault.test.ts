import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { isSealed } from "../../src/model/document/sealed.ts";
import { aesVault } from "../../src/vault/aesVault.ts";
import { parseKey, readOrMakeKey } from "../../src/vault/keyFile.ts";

const anyProject = fc.constantFrom("default", "shop", "team-a");

describe("the vault", () => {
  const vault = aesVault(randomBytes(32));

  it("gives back every value that it sealed, and shows none of it", () => {
    fc.assert(
      fc.property(anyProject, fc.string({ unit: "binary", maxLength: 2_000 }), (project, value) => {
        const token = vault.seal(project, value);
        expect(isSealed(token)).toBe(true);
        expect(vault.open(project, token)).toBe(value);
        if (value.length > 8) expect(token).not.toContain(value);
      }),
    );
  });

  it("seals equal values of a project alike, so that plans can tell changed from unchanged, and those of two projects differently", () => {
    expect(vault.seal("shop", "tiger")).toBe(vault.seal("shop", "tiger"));
    expect(vault.seal("shop", "tiger")).not.toBe(vault.seal("shop", "tigers"));
    expect(vault.seal("shop", "tiger")).not.toBe(vault.seal("team-a", "tiger"));
  });

  it("does not open a token in another project, with another key, or changed by one character", () => {
    const token = vault.seal("shop", "tiger");
    expect(() => vault.open("team-a", token)).toThrow(/another project or with another key/);
    expect(() => aesVault(randomBytes(32)).open("shop", token)).toThrow(/another key/);
    const middle = Math.floor(token.length * 0.7);
    const changed = token.slice(0, middle) + (token[middle] === "A" ? "B" : "A") + token.slice(middle + 1);
    expect(() => vault.open("shop", changed)).toThrow();
  });
});

describe("the key file", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubemin-key-"));
  const file = join(folder, "deep", "vault.key");
  afterEach(() => rmSync(join(folder, "deep"), { recursive: true, force: true }));

  it("is made once, for its owner only, and found again", () => {
    const key = readOrMakeKey(file);
    expect(key).toHaveLength(32);
    expect(readOrMakeKey(file)).toEqual(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8").trim()).toBe(Buffer.from(key).toString("hex"));
  });

  it("is refused with a sentence when it holds something else", () => {
    readOrMakeKey(file);
    writeFileSync(file, "hello\n");
    expect(() => readOrMakeKey(file)).toThrow(/does not contain a vault key: 64 hex digits/);
    expect(() => parseKey("", "KUBEMIN_KEY")).toThrow(/KUBEMIN_KEY/);
  });
});
