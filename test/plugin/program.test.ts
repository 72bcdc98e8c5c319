// Tests plug-ins like a user has them: the program with --plugin, and the tests of the example plug-in like its author
// runs them.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const EXAMPLE = join(ROOT, "examples/plugin-cost-label");
const folder = (): string => mkdtempSync(join(tmpdir(), "kubemin-plugin-"));

interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  program: string,
  words: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<Told> {
  // The variables that vitest sets for its child processes would change the reports of node --test.
  const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, ...inherited } = process.env;
  const env = { ...inherited, LANG: "C", KUBEMIN_HOME: folder(), ...options.env };
  return new Promise((done) => {
    execFile(program, [...words], { cwd: options.cwd ?? ROOT, env }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === "number" ? error.code : error ? 255 : 0, stdout, stderr }),
    );
  });
}

const kubemin = (words: readonly string[], env: Record<string, string> = {}, cwd = ROOT): Promise<Told> =>
  run(join(ROOT, "bin/kubemin"), words, { cwd, env });

describe("kubemin with a plug-in", () => {
  it("deploys what it defines", async () => {
    const told = await kubemin([
      "serve",
      "--port",
      "0",
      "--plugin",
      EXAMPLE,
      "--deploy",
      join(EXAMPLE, "app.yaml"),
      "--once",
    ]);
    expect(told, told.stderr).toMatchObject({ code: 0 });
    expect(told.stdout + told.stderr).toContain("hello succeeded");
  });

  it("validates, plans, explains and lists offline, by option and by environment", async () => {
    const app = join(EXAMPLE, "app.yaml");
    expect(await kubemin(["validate", app])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown component type page") as string,
    });
    expect(await kubemin(["validate", app, "--plugin", EXAMPLE])).toMatchObject({ code: 0 });
    const env = { KUBEMIN_PLUGINS: "./plugin-cost-label" };
    const examples = join(ROOT, "examples");
    expect((await kubemin(["plan", app, "--offline", "-o", "name"], env, examples)).stdout).toContain(
      "ConfigMap/hello-cost-centre",
    );
    expect((await kubemin(["explain", "trait", "cost-centre"], env, examples)).stdout).toContain(
      "Cost centre, e.g. IT-0042",
    );
    expect((await kubemin(["plugin", "list"], env, examples)).stdout).toBe(
      "kubemin-plugin-cost-label\t1.0.0\tpage\tcost-centre\t./plugin-cost-label\n",
    );
  });

  it("says what is wrong with one, and starts nothing", async () => {
    const home = folder();
    const broken = join(home, "broken.ts");
    writeFileSync(broken, 'export default { name: "broken", version: "1", kubemin: "^9" };\n');
    const told = await kubemin(["serve", "--port", "0", "--plugin", broken]);
    expect(told).toMatchObject({ code: 2, stdout: "" });
    expect(told.stderr).toContain("it is written for kubemin ^9, but this is kubemin 0.1.0");
    expect((await kubemin(["plugin", "list", "--plugin", "no-such-package"])).stderr).toContain(
      "there is no such package",
    );
  });

  it("takes an installed package, and tells one that brings TypeScript to bring JavaScript", async () => {
    const home = folder();
    cpSync(EXAMPLE, join(home, "node_modules/cost-label"), { recursive: true });
    mkdirSync(join(home, "node_modules/typed"), { recursive: true });
    writeFileSync(
      join(home, "node_modules/typed/package.json"),
      '{"name":"typed","type":"module","exports":"./index.ts"}',
    );
    writeFileSync(join(home, "node_modules/typed/index.ts"), "const x: number = 1; export default x;\n");
    expect(await kubemin(["plugin", "list", "--plugin", "cost-label"], {}, home)).toMatchObject({ code: 0 });
    expect((await kubemin(["plugin", "list", "--plugin", "typed"], {}, home)).stderr).toContain(
      "must contain JavaScript",
    );
  });
});

describe("the example's own tests", () => {
  it("pass with the published test kit", async () => {
    const home = folder();
    cpSync(EXAMPLE, home, { recursive: true });
    mkdirSync(join(home, "node_modules"));
    symlinkSync(ROOT, join(home, "node_modules/kubemin"));
    const told = await run(process.execPath, ["--conditions=kubemin-source", "--test"], { cwd: home });
    expect(told.code, told.stdout + told.stderr).toBe(0);
    expect(told.stdout).toMatch(/pass 3/);
  });
});
