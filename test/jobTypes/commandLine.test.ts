// Tests registered types on the command line, from a file to a run. Help, completion and pages come from the one
// registration.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubemin, type Transcript } from "../cli/support/terminal.ts";
import { startTestServer, type TestServer } from "../support/testServer.ts";

let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), "kubemin-types-"));
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const greet = `apiVersion: kubemin.dev/v1
kind: JobType
metadata: { name: greet }
spec:
  version: 1.0.0
  summary: { en: Says hello, zh: 问好 }
  input:
    type: object
    properties:
      who: { type: string, maxLength: 40, description: Whom to greet, x-i18n: { zh: 问候谁 } }
      times: { type: integer, minimum: 1, maximum: 5, default: 1 }
      tone: { enum: [kind, loud] }
      tags: { type: array, items: { type: string }, maxItems: 5 }
    required: [who]
    additionalProperties: false
  examples: [{ title: The world, input: { who: world, times: 2 } }]
  runtime: { tier: T1, image: "busybox:1.36", args: [echo, "hello {{input.who}}"] }
`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function say(line: string): Promise<Transcript> {
  return kubemin(line, { patient: true, env: { KUBEMIN_URL: server.url, KUBEMIN_TOKEN: server.secret } });
}

describe("kubemin type", () => {
  it("checks a file and registers nothing; problems have their line", async () => {
    const wrong = file("wrong.yaml", greet.replace("{{input.who}}", "{{input.whom}}"));
    const told = await say(`type check ${wrong}`);
    expect(told.exit).toBe(2);
    expect(told.stdout).toContain("failed  template");
    expect(told.stderr).toMatch(/wrong\.yaml:17:\d+: error: .*did you mean input\.who\?/);
    expect((await say("type list")).stdout).toBe("");
    expect((await say(`type register ${wrong}`)).exit).toBe(2);
  });

  it("warns of a callback that reaches nobody, and refuses a gang of nobody knows how many, at its line", async () => {
    const told = await say(`type check ${file("told.yaml", `${greet}  execution: { callback: kafka }\n`)}`);
    expect(told).toMatchObject({
      exit: 0,
      stderr: expect.stringMatching(/told\.yaml:18:\d+: warning: .*no kafka sink/),
    });
    const gang = await say(`type check ${file("gang.yaml", `${greet}  profile: gang\n`)} --lang zh`);
    expect(gang).toMatchObject({ exit: 2, stderr: expect.stringMatching(/gang\.yaml:18:\d+: 错误: .*没有说明数量/) });
  });

  it("registers a file, which runs with options of its own", async () => {
    const told = await say(`type register ${file("greet.yaml", greet)}`);
    expect(told).toMatchObject({ exit: 0, stderr: "run it: kubemin run greet --help\n" });
    expect(told.stdout).toContain("greet 1.0.0 active · T1 · default");
    const ran = await say("run greet --who ada --times 3 --tags a --tags b --no-watch -o json");
    expect(ran.exit).toBe(0);
    const { id } = JSON.parse(ran.stdout) as { id: string };
    const [job] = await server.dependencies.store.runs.jobs(id);
    expect(job?.plan.input).toEqual({ who: "ada", times: 3, tags: ["a", "b"] });
  });

  it("shows help in both languages, from the schema", async () => {
    const help = (await say("run greet --help")).stdout;
    expect(help).toContain("greet: Says hello");
    expect(help).toMatch(/--who STRING +Whom to greet; required/);
    expect(help).toMatch(/--times INTEGER +default 1/);
    expect(help).toMatch(/--tone STRING +kind\|loud/);
    expect(help).toContain("kubemin run greet --who world --times 2");
    const zh = (await say("run greet --help --lang zh")).stdout;
    expect(zh).toContain("greet: 问好");
    expect(zh).toMatch(/--who STRING +问候谁; 必填/);
    expect((await say("run http --help")).stdout).toMatch(/--url STRING/);
  });

  it("tells a mistake in an option, in an input, and in the name", async () => {
    expect(await say("run greet --whom ada")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("did you mean --who?"),
    });
    expect(await say("run greet --who ada --times many")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("expected integer"),
    });
    expect(await say("run greet --who ada --times 9")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("must be <= 5"),
    });
    expect(await say("run gret --who ada")).toMatchObject({ exit: 5, stderr: expect.stringContaining("greet") });
  });

  it("explains, documents and completes", async () => {
    expect((await say("explain job greet.who")).stdout).toContain("Whom to greet");
    expect((await say("type docs greet")).stdout).toContain("| `who` | string | required; Whom to greet |");
    expect((await say("__complete run gr")).stdout).toBe("greet\n");
    expect((await say("__complete run greet --t")).stdout.split("\n")).toEqual(
      expect.arrayContaining(["--times", "--tone", "--tags"]),
    );
    expect((await say("__complete type show g")).stdout).toBe("greet\n");
  });

  it("grants, deprecates with a warning at each run, switches off and on", async () => {
    expect((await say("type grant greet --project team-b")).stdout).toContain("granted: team-b");
    const large = await say("type grant greet --project team-b --device nvidia.com/gpumem=1200000");
    expect(large.stdout).toContain("nvidia.com/gpumem: 1200000");
    const wrong = await say("type grant greet --project team-b --device nvidia.com/gpumem=20Gi");
    expect(wrong).toMatchObject({ exit: 2, stderr: expect.stringContaining("in the units of the resource") });
    expect((await say("type list --project team-b -o name")).stdout).toBe("greet\n");
    expect((await say("type revoke greet --project team-b")).exit).toBe(0);
    expect((await say("type deprecate greet --replaced-by welcome")).stdout).toContain("deprecated");
    expect((await say("run greet --who ada --no-watch")).stderr.split("use welcome")).toHaveLength(2);
    expect((await say("type disable greet")).exit).toBe(2);
    expect((await say("type disable greet --reason loud")).stdout).toContain("disabled");
    expect(await say("run greet --who ada")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("switched off: loud"),
    });
    expect((await say("type enable greet")).exit).toBe(0);
    expect((await say("type try greet -o json")).exit).toBe(0);
  });
});
