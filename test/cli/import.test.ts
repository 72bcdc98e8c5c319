// Tests `kubemin import`: the document on stdout, the report on stderr, and the exit codes.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kubemin, temporary } from "./support/terminal.ts";

const COMPOSE = "services:\n  web:\n    image: nginx:1.27\n    ports: ['8080:80']\n    privileged: true\n";

describe("kubemin import", () => {
  it("prints the document on stdout and the report of every field on stderr", async () => {
    const told = await kubemin("import - --name shop", { input: COMPOSE });
    expect(told).toMatchObject({ exit: 0 });
    expect(told.stdout).toBe(
      "name: shop\ncomponents:\n  - name: web\n    type: webservice\n    properties:\n      port: 80\n      image: nginx:1.27\n",
    );
    expect(told.stderr).toBe(
      [
        "<stdin>:3: taken /services/web/image -> /components/0/properties/image",
        "<stdin>:4: changed /services/web/ports/0 -> /components/0/properties/port: the Service serves the container's port; add the trait route to open it to the outside",
        "<stdin>:5: not supported /services/web/privileged: an application cannot give itself this right; leave it out; the operator of the cluster decides what is allowed",
        "1 taken, 1 changed, 1 not supported\n",
      ].join("\n"),
    );
  });

  it("gives both as one JSON, and in Chinese", async () => {
    const { exit, stdout } = await kubemin("import - -o json --lang zh", { input: COMPOSE });
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      document: { components: [{ name: "web" }] },
      format: "compose",
      report: [
        { outcome: "taken" },
        { outcome: "changed" },
        { outcome: "unsupported", advice: "请删除；能否使用由集群的运维人员决定" },
      ],
    });
  });

  it("exits with 2 for what is not supported when asked to be strict, and for what it does not understand", async () => {
    expect(await kubemin("import - --strict", { input: COMPOSE })).toMatchObject({ exit: 2 });
    expect(await kubemin("import - --strict", { input: COMPOSE.replace(/ {4}priv.*\n/, "") })).toMatchObject({
      exit: 0,
    });
    expect(await kubemin("import -", { input: "a: b" })).toMatchObject({ exit: 2, stdout: "" });
    expect(await kubemin("import -", { input: "services: [" })).toMatchObject({ exit: 2, stdout: "" });
    const ours = await kubemin("import -", {
      input: "name: a\ncomponents: [{ name: b, type: worker, properties: { image: c } }]",
    });
    expect(ours).toMatchObject({ exit: 2, stderr: expect.stringContaining("already") as string });
  });

  it("reads files beside the document, and none outside of its folder", async () => {
    const home = temporary();
    const inside = `services: { web: { image: nginx, secrets: [a, b] } }\nsecrets: { a: { file: ./a.txt }, b: { file: ../b.txt } }\n`;
    writeFileSync(join(home, "a.txt"), "beside");
    writeFileSync(join(home, "..", "b.txt"), "outside");
    writeFileSync(join(home, "compose.yaml"), inside);
    const { stdout } = await kubemin("import compose.yaml --name shop", { directory: home });
    expect(stdout).toContain("a: beside");
    expect(stdout).not.toContain("outside");
  });
});
