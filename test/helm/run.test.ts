// Tests the limits for the helm program, with shell scripts instead of helm. The real helm is tested in
// test/e2e/charts.test.ts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HelmOutcome, runHelm } from "../../src/helm/helmProcess.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kubemin-helm-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, signal = new AbortController().signal): Promise<HelmOutcome> {
  const program = join(folder, `helm-${script.length}`);
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return runHelm({ program, workspace: folder, words: ["a b", "$HOME"], input: "values", signal });
}

describe("helm", () => {
  it("gets its words and values as they are, and nothing of the server's environment", async () => {
    process.env["KUBEMIN_SECRET_OF_THE_TEST"] = "x";
    const outcome = await run(
      'cat; echo; printf "%s\\n" "$@" "$KUBECONFIG" "$HELM_PLUGINS" "[$KUBEMIN_SECRET_OF_THE_TEST]"',
    );
    delete process.env["KUBEMIN_SECRET_OF_THE_TEST"];
    expect(outcome).toEqual({ ok: true, output: `values\na b\n$HOME\n/dev/null\n${folder}\n[]\n` });
  });

  it("may fail, without having read its values", async () => {
    expect(await run("echo why >&2; exit 3")).toEqual({ ok: false, why: "failed", said: "why\n" });
  });

  it("is ended when it prints without end", async () => {
    expect(await run("exec yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")).toMatchObject({ ok: false, why: "large" });
  });

  it("is ended with whoever asked for it", async () => {
    const stop = new AbortController();
    const asked = run("exec sleep 60", stop.signal);
    stop.abort();
    await expect(asked).rejects.toThrow("aborted");
  });

  it("may be missing", async () => {
    const call = { workspace: folder, words: [], input: "", signal: new AbortController().signal };
    expect(await runHelm({ ...call, program: join(folder, "none") })).toMatchObject({ ok: false, why: "missing" });
  });
});
