// Tests that every mistake in a document is reported immediately, with its place and what to do: the exit code is 2,
// and nothing is started on the cluster.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT } from "./support/asking.ts";
import { countWrites } from "./support/audit.ts";
import { BUSYBOX } from "./support/documents.ts";
import { dropNamespace, everythingIn, makeNamespace } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

let product: Product;
let namespace: string;
let before: readonly string[];
let writes: () => readonly string[];

beforeAll(async () => {
  namespace = await makeNamespace();
  product = await startProduct();
  before = await everythingIn(namespace);
  writes = countWrites(namespace);
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
});

interface Mistake {
  readonly name: string;
  /** The extension of the file. */
  readonly as?: "yaml" | "json";
  readonly text: (namespace: string) => string;
  /** `line:column` of the first problem: the position of the key or of the list item. Default: anywhere in the file. */
  readonly at?: string;
  readonly says: RegExp;
  /** Whether the error is about the whole file, which was then not read. */
  readonly whole?: boolean;
  /** Whether only a cluster can find the mistake. */
  readonly online?: boolean;
}

/** A document whose first component is on line 3. */
const yaml =
  (components: string) =>
  (where: string): string =>
    `name: bad\nnamespace: ${where}\ncomponents:\n${components}\n`;
const WORKER = `  - { name: app, type: worker, properties: { image: "${BUSYBOX}" } }`;
const app = (traits: string): string =>
  `  - name: app\n    type: worker\n    properties: { image: "${BUSYBOX}" }\n    traits:\n${traits}`;

const MISTAKES: readonly Mistake[] = [
  { name: "malformed YAML", text: yaml("  - { name: app, type: worker"), says: /YAML|closed|missing/i },
  { name: "YAML with a tab", text: yaml("\t- name: app"), at: "4:1", says: /tab/i },
  {
    name: "malformed JSON",
    as: "json",
    text: () => '{\n  "name": "bad",\n  "components": [,]\n}\n',
    at: "3:18",
    says: /expected/i,
  },
  { name: "JSON that ends early", as: "json", text: () => '{"name": "bad", "components": [', says: /ends too early/i },
  { name: "an empty document", text: () => "", says: /empty/i },
  { name: "a list", text: () => "- a\n- b\n", at: "1:1", says: /expected/i },
  {
    name: "10 MB",
    text: (where) => yaml(WORKER)(where) + "#".repeat(10 * 1024 * 1024),
    says: /bad.yaml has 10485\d+ bytes; the limit is 4194304/,
    whole: true,
  },
  {
    name: "deeply nested JSON",
    as: "json",
    text: () => `{"name":"bad","components":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
    says: /nested deeper than 64/,
  },
  {
    name: "deeply nested YAML",
    text: () => `name: bad\ncomponents: ${"[".repeat(5_000)}${"]".repeat(5_000)}\n`,
    says: /nested deeper than 64/,
  },
  {
    name: "YAML aliases that blow up",
    text: () =>
      `name: bad\na: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghijk"
        .split("")
        .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${"abcdefghijk"[index]}`).join(",")}]`)
        .join("\n")}\ncomponents: *k\n`,
    says: /alias|limit|values/i,
  },
  {
    name: "an unknown component type",
    text: yaml("  - name: app\n    type: webservise\n    properties: { image: x }"),
    at: "5:5",
    says: /unknown component type webservise.*did you mean webservice/s,
  },
  {
    name: "an unknown trait",
    text: yaml(app("      storrage: []")),
    at: "8:7",
    says: /unknown trait storrage.*did you mean storage/s,
  },
  {
    name: "an unknown field",
    text: yaml(`  - name: app\n    type: worker\n    properties:\n      imagee: "${BUSYBOX}"`),
    at: "7:7",
    says: /unknown field imagee.*did you mean image/s,
  },
  {
    name: "a name that Kubernetes would refuse",
    text: yaml(`  - name: My_App\n    type: worker\n    properties: { image: "${BUSYBOX}" }`),
    at: "4:5",
    says: /My_App" is not a valid name/,
  },
  {
    name: "a name that is too long",
    text: yaml(`  - name: ${"a".repeat(64)}\n    type: worker\n    properties: { image: "${BUSYBOX}" }`),
    at: "4:5",
    says: /not a valid name/,
  },
  { name: "a duplicate name", text: yaml(`${WORKER}\n${WORKER}`), at: "5:7", says: /component app is declared twice/ },
  {
    name: "a duplicate key",
    text: yaml(`  - name: app\n    name: other\n    type: worker\n    properties: { image: "${BUSYBOX}" }`),
    at: "5:5",
    says: /written twice/,
  },
  {
    name: "a bad quantity",
    text: yaml(app("      resources: { memory: 12XB }")),
    at: "8:20",
    says: /12XB" is not a quantity.*write it like/s,
  },
  {
    name: "a bad size of a volume",
    text: yaml(app('      storage:\n        - { type: persistent, mountPath: /data, size: "lots" }')),
    at: "9:49",
    says: /lots" is not a quantity/,
  },
  {
    name: "a cycle",
    text: yaml(
      ["a", "b", "c"]
        .map(
          (name, index) =>
            `  - { name: ${name}, type: worker, dependsOn: [${"bca"[index]}], properties: { image: "${BUSYBOX}" } }`,
        )
        .join("\n"),
    ),
    says: /cycle: (a → b → c → a|b → c → a → b|c → a → b → c|.*a.*b.*c.*)/,
  },
  {
    name: "a reference to no component",
    text: yaml(
      `  - { name: app, type: worker, dependsOn: [redsi], properties: { image: "${BUSYBOX}" } }\n  - { name: redis, type: store, properties: { preset: redis } }`,
    ),
    at: "4:44",
    says: /no component redsi.*did you mean redis/s,
  },
  {
    name: "a reference to no secret",
    text: yaml(app("      env: { PASSWORD: { secret: nowhere, key: password } }")),
    at: "8:26",
    says: /nowhere is neither a component nor on the cluster/,
    online: true,
  },
  {
    name: "a mountPath used twice",
    text: yaml(
      app(
        "      storage:\n        - { type: ephemeral, mountPath: /data }\n        - { type: ephemeral, name: other, mountPath: /data/ }",
      ),
    ),
    at: "10:43",
    says: /mountPath \/data\/? is used twice/,
  },
  {
    name: "config over 1 MiB",
    text: yaml(
      `  - name: app\n    type: config\n    properties:\n      data:\n        big: ${"x".repeat(1024 * 1024 + 1)}`,
    ),
    says: /1048577 bytes/,
  },
  {
    name: "a bad duration",
    text: yaml(`  - name: app\n    type: worker\n    timeout: soon\n    properties: { image: "${BUSYBOX}" }`),
    at: "6:5",
    says: /soon" is not a duration/,
  },
  {
    name: "a bad image",
    text: yaml('  - name: app\n    type: worker\n    properties: { image: "UPPER case" }'),
    at: "6:19",
    says: /not a valid image/,
  },
  {
    name: "a namespace that does not exist",
    text: () => yaml(WORKER)("e2e-nowhere"),
    says: /namespace e2e-nowhere does not exist.*create/s,
    online: true,
  },
  {
    name: "a storage class that does not exist",
    text: yaml(
      app("      storage:\n        - { type: persistent, mountPath: /data, size: 1Gi, storageClass: golden }"),
    ),
    says: /golden/,
    online: true,
  },
];

const EXIT_INVALID = 2;

describe("a mistake is answered at once", () => {
  it.for(MISTAKES)("$name", async (mistake) => {
    const name = `bad.${mistake.as ?? "yaml"}`;
    const file = product.file(name, mistake.text(namespace));
    const commands = [["deploy", file, "--yes"], mistake.online ? ["plan", file] : ["validate", file]];
    const results = await Promise.all(commands.map((words) => product.kubemin(...words)));
    for (const [index, { code, stdout, stderr }] of results.entries()) {
      const shown = `${commands[index]?.join(" ")}\n${stdout}\n${stderr}`.slice(0, 4_000);
      expect(code, shown).toBe(EXIT_INVALID);
      expect(stdout + stderr, shown).toMatch(mistake.says);
      expect(shown.length, "short enough to read").toBeLessThan(4_000);
      if (mistake.whole) continue;
      expect(stdout + stderr, shown).toMatch(
        mistake.at === undefined
          ? new RegExp(`${name}(:\\d+:\\d+)?: error`)
          : new RegExp(`${name}:${mistake.at}: error`),
      );
    }
  });

  it("all of a document's mistakes are told together", async () => {
    const text = yaml(
      `  - name: App\n    type: webservise\n  - name: app\n    type: worker\n    dependsOn: [nobody]\n    properties: { image: "${BUSYBOX}" }\n    traits:\n      resources: { cpu: many }`,
    );
    const { code, stdout, stderr } = await product.kubemin(
      "deploy",
      product.file("many.yaml", text(namespace)),
      "--yes",
    );
    expect(code).toBe(EXIT_INVALID);
    for (const part of [
      /4:5.*App" is not a valid name/,
      /5:5.*webservise/,
      /8:17.*nobody/,
      /11:20.*many" is not a quantity/,
    ])
      expect(stdout + stderr).toMatch(part);
  });

  it("nothing at all was started", async () => {
    expect(writes()).toEqual([]);
    expect(await everythingIn(namespace)).toEqual(before);
    const { items } = await product.client.call("listApplications", { params: { project: PROJECT } });
    expect(items).toEqual([]);
    const runs = await product.client.call("listRuns", { params: { project: PROJECT } });
    expect(runs.items).toEqual([]);
  });
});
