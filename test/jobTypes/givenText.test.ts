// Tests that a value of the user reaches the program unchanged, whatever variables there are: `$(NAME)` and `$$` in it
// are plain characters, and no value gives access to a variable that contains a secret.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draftOf } from "../../src/jobTypes/running/filledTemplate.ts";
import { dig, type Json, type JsonObject } from "../../src/model/data/json.ts";
import { sealedToken } from "../../src/model/document/sealed.ts";
import { literalText } from "../../src/model/kubernetes/kubeletExpansion.ts";
import { expanded, variablesOf } from "../support/kubelet.ts";
import { registered } from "./types.ts";

const RUN = { id: "r1", project: "p", namespace: "n", job: "j", attempt: 1, secret: "s" };
const SECRET = "t0ken-4711";
const given = fc
  .oneof(
    fc.array(fc.constantFrom("$", "(", ")", "$(", "$(TOKEN)", "TOKEN", "OPEN", "$$", "a", " ", "{{", "é", "漢"), {
      maxLength: 8,
    }),
    fc.array(fc.string({ unit: "binary", maxLength: 6 }), { maxLength: 3 }),
  )
  .map((parts) => parts.join("")); // prettier-ignore
/** Text that the author of a type writes around a value; it contains no placeholder. */
const around = fc
  .array(fc.constantFrom("$", "(", ")", "$(TOKEN)", "$(", "$$", "x"), { maxLength: 5 })
  .map((parts) => parts.join(""));

function drafted(container: JsonObject, input: JsonObject): JsonObject {
  const env = [{ name: "TOKEN", value: "{{input.token}}" }, ...((container["env"] ?? []) as readonly JsonObject[])]; // written below
  const template = { spec: { containers: [{ ...container, env }] } };
  const { registration } = registered("t", { runtime: { tier: "T1", image: "busybox:1.36", template } });
  const made = draftOf(registration.spec, { ...input, token: sealedToken("x") }, RUN);
  if (!("draft" in made)) throw new Error(JSON.stringify(made));
  return dig(made.draft.template, "spec", "containers", 0) as JsonObject; // as written above
}

function variables(container: JsonObject): ReadonlyMap<string, string> {
  const list = container["env"] as readonly { name: string; value?: string }[]; // made by draftOf
  return variablesOf(
    list.map(({ name, value }) => (value === undefined ? { name, value: SECRET, asItIs: true } : { name, value })),
  );
}

const textAt = (value: Json | undefined, index: number): string => String(dig(value, index));

describe("the input of a registered type", () => {
  it("does not reach a secret variable: the known case", () => {
    const container = drafted(
      { env: [{ name: "OPEN", value: "{{input.open}}" }], command: ["echo", "{{input.open}}", "now: {{input.open}}"] },
      { open: "pa$$word x$(TOKEN)y" },
    );
    const known = variables(container);
    expect(known.get("OPEN")).toBe("pa$$word x$(TOKEN)y");
    expect(expanded(textAt(container["command"], 1), known)).toBe("pa$$word x$(TOKEN)y");
    expect(expanded(textAt(container["command"], 2), known)).toBe("now: pa$$word x$(TOKEN)y");
  });

  it("arrives as it was given, in variables, commands, arguments, probes and folders", () => {
    fc.assert(
      fc.property(given, (open) => {
        const command = ["{{input.open}}"];
        const container = drafted(
          {
            env: [{ name: "OPEN", value: "{{input.open}}" }],
            command,
            args: command,
            livenessProbe: { exec: { command } },
            volumeMounts: [{ name: "v", mountPath: "/v", subPathExpr: "{{input.open}}" }],
          },
          { open },
        );
        const known = variables(container);
        expect(known.get("OPEN")).toBe(open);
        const others = [
          dig(container, "command", 0),
          dig(container, "args", 0),
          dig(container, "livenessProbe", "exec", "command", 0),
          dig(container, "volumeMounts", 0, "subPathExpr"),
        ];
        expect(others.map((text) => expanded(String(text), known))).toEqual([open, open, open, open]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("cannot complete or change what the author of the template wrote beside it", () => {
    fc.assert(
      fc.property(around, given, around, given, around, (first, a, second, b, third) => {
        const container = drafted({ args: [`${first}{{input.a}}${second}{{input.b}}${third}`] }, { a, b });
        const known = variables(container);
        const alone = (text: string): string => expanded(text, known);
        // A `$(` that the author did not close before the value is plain text.
        const [x, y, z] = [alone(first), alone(second), alone(third)];
        expect(expanded(textAt(container["args"], 0), known)).toBe(`${x}${a}${y}${b}${z}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it("arrives as it was given inside of lists, numbers and objects too", () => {
    fc.assert(
      fc.property(given, fc.jsonValue(), (open, value) => {
        const input = { list: [open, { [open]: open }], value: value as Json }; // what JSON can hold
        const container = drafted({ env: [{ name: "ALL", value: "{{input.list}}" }], args: "{{input.list}}" }, input);
        const known = variables(container);
        expect(JSON.parse(known.get("ALL") ?? "")).toEqual(input.list);
        expect(expanded(textAt(container["args"], 0), known)).toBe(open);
        expect(JSON.parse(expanded(textAt(container["args"], 1), known))).toEqual({ [open]: open });
      }),
      { numRuns: 500 },
    );
  });

  it("is written as it is where the kubelet expands nothing", () => {
    const container = drafted(
      { workingDir: "/{{input.open}}", lifecycle: { preStop: { exec: { command: ["{{input.open}}"] } } } },
      { open: "$(TOKEN)" },
    );
    expect(container).toMatchObject({
      workingDir: "/$(TOKEN)",
      lifecycle: { preStop: { exec: { command: ["$(TOKEN)"] } } },
    });
  });
});

describe("literalText", () => {
  it("comes out as it was, in whatever stands before and behind it", () => {
    const known = new Map([["TOKEN", SECRET]]);
    fc.assert(
      fc.property(fc.array(given, { maxLength: 4 }), (texts) => {
        expect(expanded(texts.map(literalText).join(""), known)).toBe(texts.join(""));
      }),
      { numRuns: 2_000 },
    );
  });

  it("leaves alone what the kubelet leaves alone", () => {
    expect(literalText("costs $5, ${HOME} and $PATH")).toBe("costs $5, ${HOME} and $PATH");
  });
});
