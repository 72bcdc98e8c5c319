// Tests which addresses may be called: every notation of a forbidden address is refused before a packet is sent, and
// the operator's exceptions are called.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAllowList } from "../../src/outgoing/allowList.ts";
import { createOutgoing } from "../../src/outgoing/outgoing.ts";
import { forbiddenRange } from "../../src/outgoing/ranges.ts";
import { OutgoingRefused } from "../../src/ports/outgoing.ts";

const NEVER = new AbortController().signal;
const clock = { now: () => new Date() };

/** The code of the refusal of a URL. The resolver only knows the given names. */
async function refusal(url: string, names: Readonly<Record<string, readonly string[]>> = {}): Promise<string> {
  const resolve = async (host: string) => {
    const known = names[host];
    if (known === undefined) throw new Error(`no such name: ${host}`);
    return known;
  };
  const outgoing = createOutgoing({ allow: [], clock, resolve });
  const failure = await outgoing.request({ url, method: "GET", signal: NEVER }).then(
    () => "called",
    (error: unknown) => error,
  );
  return failure instanceof OutgoingRefused ? failure.code : String(failure);
}

describe("an address that is not for users", () => {
  it.each([
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1./",
    "https://１２７.0.0.1/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST../",
    "https://api.localhost/",
    "https://0.0.0.0/",
    "https://0/",
    "https://[::]/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/",
    "https://100.100.100.200/",
    "https://168.63.129.16/",
    "https://169.254.1.1/",
    "https://[fe80::1]/",
    "https://10.0.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://[fc00::1]/",
    "https://224.0.0.1/",
    "https://[ff02::1]/",
    "https://255.255.255.255/",
  ])("is refused as it stands: %s", async (url) => {
    expect(await refusal(url)).toBe("ForbiddenAddress");
  });

  it.each([
    ["the loopback address", ["127.0.0.1"]],
    ["the metadata address", ["169.254.169.254"]],
    ["a mapped address", ["::ffff:10.0.0.1"]],
    ["an address with a zone", ["fe80::1%eth0"]],
    ["a good one and a bad one", ["93.184.216.34", "10.0.0.1"]],
    ["something that is no address", ["nonsense"]],
  ])("is refused behind a name that resolves to %s", async (_, addresses) => {
    expect(await refusal("https://evil.example/", { "evil.example": addresses })).toBe("ForbiddenAddress");
    expect(await refusal("https://EVIL.example./", { "evil.example": addresses })).toBe("ForbiddenAddress");
  });

  it("is told with the range that it lies in, and with nothing of the path", async () => {
    const outgoing = createOutgoing({ allow: [], clock });
    const call = outgoing.request({ url: "https://169.254.169.254/secret?token=abc", method: "GET", signal: NEVER });
    await expect(call).rejects.toThrow("169.254.169.254 is at 169.254.169.254 (metadata)");
    await expect(call).rejects.not.toThrow("secret");
  });
});

describe("a URL", () => {
  it.each([
    ["nonsense", "BadAddress"],
    ["https://", "BadAddress"],
    ["https://./", "BadAddress"],
    ["ftp://example.com/", "BadScheme"],
    ["file:///etc/passwd", "BadScheme"],
    ["gopher://127.0.0.1:6379/_", "BadScheme"],
    ["https://user:secret@example.com/", "CredentialsInAddress"],
    ["https://user@example.com/", "CredentialsInAddress"],
    ["https://example.com@127.0.0.1/", "CredentialsInAddress"],
    ["https://unknown.example/", "Unresolvable"],
    ["http://plain.example/", "Unencrypted"],
  ])("like %s is refused: %s", async (url, code) => {
    expect(await refusal(url, { "plain.example": ["93.184.216.34"], "example.com": ["93.184.216.34"] })).toBe(code);
  });

  it("is checked without the network when it is only kept for later", () => {
    const outgoing = createOutgoing({ allow: [], clock, resolve: () => Promise.reject(new Error("asked")) });
    expect(() => outgoing.check("https://hooks.example/path")).not.toThrow();
    expect(() => outgoing.check("https://10.0.0.1/")).toThrow(OutgoingRefused);
    expect(() => outgoing.check("http://hooks.example/")).toThrow("without encryption");
  });
});

describe("what the operator allows", () => {
  it("is networks, addresses and names; anything else is refused at the start", () => {
    const list = parseAllowList(["127.0.0.0/8", "10.1.2.3", "fd00::/8", "Hooks.internal"]);
    expect([list.address("127.9.9.9"), list.address("10.1.2.3"), list.address("fd12::1")]).toEqual([true, true, true]);
    expect([list.address("10.1.2.4"), list.address("::1"), list.host("other.internal")]).toEqual([false, false, false]);
    expect(list.host("hooks.internal")).toBe(true);
    for (const wrong of ["10.0.0.0/33", "10.0.0/8", "not a name", "", "1.2.3.4/8/9", "::1/129"])
      expect(() => parseAllowList([wrong])).toThrow("neither a network");
  });

  it("opens the loopback address in all its names, and no other", async () => {
    const outgoing = createOutgoing({ allow: ["127.0.0.0/8"], clock, resolve: async () => ["127.0.0.1"] });
    expect(await outgoing.admit("localhost.", { encrypted: false })).toBe("127.0.0.1");
    await expect(outgoing.admit("10.0.0.1", { encrypted: true })).rejects.toThrow("private");
  });
});

describe("every address", () => {
  const octet = fc.nat({ max: 255 });
  const four = fc.tuple(octet, octet, octet, octet);

  it("of IPv4 is judged like the same one embedded in IPv6, or more strictly", () => {
    fc.assert(
      fc.property(four, (octets) => {
        const plain = octets.join(".");
        for (const prefix of ["::ffff:", "64:ff9b::", "::"]) expect(forbiddenRange(prefix + plain)).toBeDefined();
        const known = [0, 10, 127].includes(octets[0]) || octets[0] >= 224;
        if (known) expect(forbiddenRange(plain)).toBeDefined();
      }),
    );
  });

  it("of the public internet is not forbidden", () => {
    const open = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"];
    expect(open.map(forbiddenRange)).toEqual(open.map(() => undefined));
  });
});
