// The documentation is tested like code: its documents are planned, its commands and API addresses exist, its links lead somewhere,
// both languages have the same pages, and the walk of CONTRIBUTING.md is really walked, in a copy of the tree.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { ROUTES } from "../src/api/routes.ts";
import { builtins } from "../src/builtins.ts";
import { createCatalog } from "../src/catalog/catalog.ts";
import { COMMANDS } from "../src/cli/commands.ts";
import { planOffline } from "../src/cli/documents/offline.ts";
import type { Command } from "../src/cli/grammar/command.ts";
import { GLOBAL_OPTIONS } from "../src/cli/grammar/globals.ts";
import { parseWords } from "../src/cli/grammar/parse.ts";
import { dig, type Json } from "../src/model/data/json.ts";
import { explainProblem } from "../src/model/problems/problem.ts";
import { type Block, commandsOf, type Page, readPage } from "./support/markdown.ts";

const ROOT = resolve(import.meta.dirname, "..");
const GUIDE = join(ROOT, "docs", "guide");
const catalog = createCatalog(builtins);
const markdown = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.endsWith(".md"));
const guide = (language: "en" | "zh"): readonly string[] => markdown(join(GUIDE, language)).toSorted();

const pages: readonly Page[] = [
  "README.md",
  "README.zh.md",
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/words.md",
  "examples/README.md",
  ...guide("en").map((name) => `docs/guide/en/${name}`),
  ...guide("zh").map((name) => `docs/guide/zh/${name}`),
  ...markdown(join(ROOT, "docs", "decisions")).map((name) => `docs/decisions/${name}`),
].map((path) => readPage(join(ROOT, path)));

interface Found {
  readonly page: Page;
  readonly block: Block;
  readonly where: string;
}

/** CONTRIBUTING.md writes documents of the type that its walk adds: the walk itself checks those. */
function blocksIn(...languages: readonly string[]): readonly Found[] {
  return pages.flatMap((page) =>
    page.blocks
      .filter((block) => languages.includes(block.language) && !block.info.startsWith("file="))
      .map((block) => ({ page, block, where: `${relative(ROOT, page.path)}:${block.line}` })),
  );
}

const data = blocksIn("yaml", "json").map((found) => ({ ...found, values: valuesOf(found.block) }));

function valuesOf({ text }: Block): readonly Json[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Json); // YAML and JSON hold nothing but JSON here
}

/** What surrounds a piece of a document, so that it can be checked like a whole one. */
const AROUND: readonly Json[] = [
  { name: "redis", type: "store", properties: { preset: "redis" } },
  { name: "settings", type: "config", properties: { data: { theme: "dark" } } },
  { name: "database", type: "secret", properties: { data: { password: "very secret" } } },
];

function isOfType(command: Command, word: string, before = ""): boolean {
  const unknown = (text: string): boolean =>
    text.startsWith("--") && !(text.slice(2) in { ...GLOBAL_OPTIONS, ...command.options });
  return unknown(word) || (unknown(before) && !word.startsWith("-"));
}

/** A document as it is; a list of components, or the traits of one, made whole. Null for what is something else. */
function documentOf(value: Json): Json | null {
  if (dig(value, "components") !== undefined || dig(value, "workflow", "steps") !== undefined) return value;
  if (dig(value, "steps", 0, "type") !== undefined) return { name: "pieces", workflow: value };
  if (Array.isArray(value) && dig(value, 0, "type") !== undefined) return around(value);
  const names = Object.keys(value ?? {});
  if (names.length === 0 || !names.every((name) => catalog.traits.has(name))) return null;
  return around([{ name: "piece", type: "webservice", properties: { image: "nginx:1.27", port: 80 }, traits: value }]);
}

function around(components: readonly Json[]): Json {
  const names = new Set(components.map((component) => dig(component, "name")));
  return { name: "pieces", components: [...components, ...AROUND.filter((one) => !names.has(dig(one, "name")))] };
}

function problemsOf(value: Json): readonly string[] {
  const { problems, plan } = planOffline(JSON.stringify(value), catalog, "default");
  if (plan !== null) return [];
  return problems.map((one) => `${one.pointer}: ${explainProblem(one, "en").message}`);
}

describe("documents in the documentation", () => {
  const documents = data.flatMap(({ where, block, values }) =>
    values.flatMap((value) => {
      const document = documentOf(value);
      return document === null ? [] : [{ where, block, document }];
    }),
  );

  it("are there", () => {
    expect(documents.length).toBeGreaterThanOrEqual(20);
  });

  it.each(documents.filter(({ block }) => block.info !== "wrong"))("$where is planned", ({ document }) => {
    expect(problemsOf(document)).toEqual([]);
  });

  it.each(documents.filter(({ block }) => block.info === "wrong"))("$where is refused, as it says", ({ document }) => {
    expect(problemsOf(document)).not.toEqual([]);
  });

  it("are read by the reader of documents, too", () => {
    const whole = data.filter(({ values }) => dig(values[0], "components") !== undefined);
    for (const { block, where } of whole.filter((one) => one.block.info !== "wrong"))
      expect(planOffline(block.text, catalog, "default").problems, where).toEqual([]);
  });
});

describe("commands in the documentation", () => {
  const shell = blocksIn("sh");
  const commands = shell.flatMap(({ block, where }) =>
    commandsOf("kubemin", block.text).map((words) => ({ where, words, line: words.join(" ") })),
  );

  it.each(commands)("$where: kubemin $line", ({ words: [name, ...words] }) => {
    const command = COMMANDS.find((one) => one.name === name);
    if (command === undefined) {
      expect(["--help", "help"]).toContain(name);
      return;
    }
    // The options of a job type come from its registration: here there is none.
    const own =
      command.extend === undefined
        ? words
        : words.flatMap((word, at) => (isOfType(command, word, words[at - 1]) ? [] : [word]));
    expect(() => parseWords(command, own)).not.toThrow();
  });

  it("in running text name commands that exist, with their options", () => {
    const inline = pages.flatMap((page) =>
      [...page.prose.matchAll(/`kubemin ([a-z][^`]*)`/g)].map((match) => ({ page, line: match[1] ?? "" })),
    );
    for (const { page, line } of inline) {
      const [name = "", ...words] = line.split(" ");
      const command = COMMANDS.find((one) => one.name === name);
      expect(command, `${relative(ROOT, page.path)}: kubemin ${line}`).toBeDefined();
      const options = words.filter((word) => word.startsWith("--")).map((word) => word.slice(2).split("=")[0] ?? "");
      const known = [
        ...Object.keys(command?.options ?? {}),
        "output",
        "json",
        "project",
        "server",
        "lang",
        "no-input",
        "help",
      ];
      expect(known, `kubemin ${line}`).toEqual(expect.arrayContaining(options));
    }
  });

  it("of npm name scripts that exist", () => {
    const scripts = Object.keys(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts as object); // our own file
    const used = shell.flatMap(({ block }) => commandsOf("npm", block.text));
    const names = used.map(([first = "", second = ""]) => (first === "run" ? second : first));
    expect([...scripts, "ci"]).toEqual(expect.arrayContaining(names));
  });

  it("name examples that exist", () => {
    const named = shell.flatMap(({ block }) =>
      [...block.text.matchAll(/examples\/[\w-]+\.yaml/g)].map(([path]) => path),
    );
    const later = new Set(pages.flatMap((page) => page.blocks.map((block) => block.info.replace(/^file=/, ""))));
    expect(named.filter((path) => !existsSync(join(ROOT, path)) && !later.has(path))).toEqual([]);
  });

  it("of curl ask for addresses that the API has", () => {
    const calls = shell.flatMap(({ block }) => commandsOf("curl", block.text)).map(requestOf);
    expect(calls.length).toBeGreaterThan(5);
    expect(calls.filter((call) => !isServed(call))).toEqual([]);
  });
});

function requestOf(words: readonly string[]): { readonly method: string; readonly path: string } {
  const url = words.find((word) => word.includes("KUBEMIN_URL")) ?? "";
  const at = words.findIndex((word) => word === "-X" || word === "--request");
  return {
    method: at < 0 ? "GET" : (words[at + 1] ?? ""),
    path: url.replace(/^.*KUBEMIN_URL/, "").replace(/\?.*$/, ""),
  };
}

function isServed({ method, path }: { readonly method: string; readonly path: string }): boolean {
  if (["/healthz", "/readyz", "/metrics"].includes(path)) return method === "GET";
  const parts = path.split("/");
  return Object.values(ROUTES).some((route) => {
    const wanted = route.path.split("/");
    const fits = wanted.every((part, index) => part.startsWith(":") || part === parts[index]);
    return route.method === method && wanted.length === parts.length && fits;
  });
}

describe("pages", () => {
  it("link to files that exist", () => {
    const broken = pages.flatMap((page) =>
      page.links
        .filter((link) => !/^(https?:|#|mailto:)/.test(link))
        .filter((link) => !existsSync(resolve(dirname(page.path), link.replace(/#.*$/, ""))))
        .map((link) => `${relative(ROOT, page.path)}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it("of the guide exist in both languages", () => {
    expect(guide("zh")).toEqual(guide("en"));
  });

  it.each(["README.md", ...guide("en").map((name) => `docs/guide/en/${name}`)])(
    "%s says the same in Chinese",
    (path) => {
      const other = path === "README.md" ? "README.zh.md" : path.replace("/en/", "/zh/");
      const [english, chinese] = [readPage(join(ROOT, path)), readPage(join(ROOT, other))];
      expect(chinese.headings).toEqual(english.headings);
      expect(chinese.blocks.map(meaning)).toEqual(english.blocks.map(meaning));
      expect(chinese.prose).toMatch(/[\u4e00-\u9fff]/);
    },
  );

  it("are all listed on the first page of the guide", () => {
    for (const language of ["en", "zh"] as const) {
      const listed = readPage(join(GUIDE, language, "README.md")).links;
      expect(listed).toEqual(expect.arrayContaining(guide(language).filter((name) => name !== "README.md")));
    }
  });

  it("name every example", () => {
    const listed = readPage(join(ROOT, "examples", "README.md")).links;
    const files = readdirSync(join(ROOT, "examples")).filter((name) => name.endsWith(".yaml"));
    expect(listed).toEqual(expect.arrayContaining(files));
  });

  it("speak plainly, and of no machine", () => {
    const banned =
      /\b(simply|seamless\w*|blazing\w*|powerful|effortless\w*|cutting-edge|world-class|leverag\w+)\b|—|\/root\/|\/home\/\w/i;
    const found = pages.flatMap((page) => {
      const match = banned.exec(page.prose);
      return match === null ? [] : [`${relative(ROOT, page.path)}: ${match[0]}`];
    });
    expect(found).toEqual([]);
  });
});

/** Data and commands are the same in both languages, but for comments; transcripts only have to be there. */
function meaning({ language, text }: Block): string {
  if (language === "text") return language;
  if (language === "yaml" || language === "json")
    return JSON.stringify(parseAllDocuments(text).map((document) => document.toJS() as unknown));
  return text.replaceAll(/\s+#.*$/gm, "").replaceAll(/^#.*\n/gm, "");
}

/** As Kubernetes names resources. */
function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  return word.endsWith("s") ? `${word}es` : `${word}s`.replace(/([^aeiou])ys$/, "$1ies");
}

describe("rights on a cluster", () => {
  it("that the guide grants are enough for everything that the examples make", () => {
    const role = data.flatMap(({ values }) => values).find((value) => dig(value, "kind") === "ClusterRole");
    const rules = dig(role, "rules");
    const granted = (Array.isArray(rules) ? rules : []).flatMap((rule: Json) => {
      const lists = ["apiGroups", "resources", "verbs"].map((field) => dig(rule, field) as readonly string[]); // checked by its use
      const [groups = [], resources = [], verbs = []] = lists;
      return groups.flatMap((group) => resources.map((resource) => `${group}/${resource}: ${verbs.join(" ")}`));
    });
    const made = readdirSync(join(ROOT, "examples"))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => planOffline(readFileSync(join(ROOT, "examples", name), "utf8"), catalog, "default").plan)
      .flatMap((plan) => plan?.jobs.flatMap((job) => job.objects) ?? [])
      // Of any kind that there is: whoever writes them grants them.
      .filter(({ manifest }) => manifest.metadata.labels?.["app.kubernetes.io/component"] !== "objects")
      .map(({ manifest: { apiVersion, kind } }) => {
        const group = apiVersion.includes("/") ? apiVersion.replace(/\/.*$/, "") : "";
        return `${group}/${pluralOf(kind)}: get list watch create patch delete`;
      });
    expect(granted).toEqual(expect.arrayContaining(made));
  });
});

describe("the walk of CONTRIBUTING.md", () => {
  const copy = mkdtempSync(join(tmpdir(), "kubemin-walk-"));
  const walk = readPage(join(ROOT, "CONTRIBUTING.md")).blocks;
  const files = walk.filter((block) => block.info.startsWith("file="));
  const fileOf = (block: Block): string => block.info.slice("file=".length);

  beforeAll(() => {
    for (const name of ["src", "bin", "examples", "package.json", "tsconfig.json"])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    for (const block of files) write(block);
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  /** What is there already is added to: an import, and the place in the list that the text names. */
  function write(block: Block): void {
    const path = join(copy, fileOf(block));
    mkdirSync(dirname(path), { recursive: true });
    const before = existsSync(path) ? readFileSync(path, "utf8") : "";
    writeFileSync(path, `${block.text}${before.replace("components: [", "components: [page, ")}`);
  }

  function run(program: string, ...words: readonly string[]): string {
    const env = {
      ...process.env,
      KUBEMIN_HOME: join(copy, "home"),
      LANG: "en",
      KUBEMIN_URL: "",
      NODE_COMPILE_CACHE: "",
    };
    return execFileSync(program, words, { cwd: copy, encoding: "utf8", stdio: "pipe", env, timeout: 60_000 });
  }

  it("writes sources that the compiler accepts", () => {
    expect(run("node_modules/.bin/tsc", "-p", ".")).toBe("");
  }, 60_000);

  const commands = walk
    .filter((block) => block.language === "sh")
    .flatMap((block) => commandsOf("kubemin", block.text))
    .filter((words) => !words.includes("--context"));

  it.each(commands.map((words) => ({ words, line: words.join(" ") })))(
    "runs kubemin $line",
    ({ words, line }) => {
      const output = run("bin/kubemin", ...words);
      expect(output).toMatch(EXPECTED[line] ?? /^/);
    },
    60_000,
  );

  it("has a test that passes", () => {
    writeFileSync(
      join(copy, "vitest.config.ts"),
      'export default { test: { include: ["test/catalog/components/page.test.ts"] } };\n',
    );
    expect(() => run(process.execPath, "node_modules/vitest/vitest.mjs", "run")).not.toThrow();
  }, 60_000);
});

const EXPECTED: Readonly<Record<string, RegExp>> = {
  "explain component page": /What the page says/,
  "explain page.text": /text <string> required/,
  "plan examples/page.yaml --offline --objects": /kind: Deployment[\s\S]*Closed today/,
  "serve --deploy examples/page.yaml --once --port 0": /notice v1 .* succeeded/,
};
