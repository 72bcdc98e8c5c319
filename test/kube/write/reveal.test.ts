import { describe, expect, it } from "vitest";
import { contentHash } from "../../../src/kube/objects/contentAnnotation.ts";
import { asStored, revealObject } from "../../../src/kube/write/reveal.ts";
import { MASK } from "../../../src/model/document/sealed.ts";
import { ANNOTATIONS } from "../../../src/model/kubernetes/manifest.ts";
import { object } from "../fixtures.ts";

const SECRET = 'hunter2"\nsecond line';
const TOKEN = "sealed:v1:abc";
const reveal = (text: string): string => (text === TOKEN ? SECRET : text);
const secret = object({ kind: "Secret", more: { stringData: { password: TOKEN, plain: "visible" } } });

describe("opening sealed values", () => {
  it("puts them into the object that is sent, and nothing else", () => {
    const { object: sent } = revealObject(secret, reveal);
    expect(sent["stringData"]).toEqual({ password: SECRET, plain: "visible" });
    expect(JSON.stringify(secret)).not.toContain("hunter2");
  });

  it.each([
    ["in clear", `cannot parse ${SECRET}`],
    ["quoted", `cannot parse ${JSON.stringify(SECRET)}`],
    ["in base64", `data: ${Buffer.from(SECRET).toString("base64")}`],
    ["one line of it", "unexpected token in 'second line'"],
    ["as an invalid value", 'spec.x: Invalid value: "hunter2": too short'],
  ])("masks them in what the server says: %s", (_name, message) => {
    const masked = revealObject(secret, reveal).mask(message);
    expect(masked).toContain(MASK);
    expect(masked).not.toMatch(/hunter2|second line|aHVudGVyMg/);
  });

  it("leaves words alone when nothing was opened", () => {
    expect(revealObject(object({ kind: "ConfigMap" }), reveal).mask('Invalid value: "x"')).toBe('Invalid value: "x"');
  });

  it("compares stringData with what the server keeps", () => {
    expect(asStored(revealObject(secret, reveal).object)).toMatchObject({
      data: { password: Buffer.from(SECRET).toString("base64") },
    });
  });
});

describe("the hash of our last write", () => {
  const annotated = (annotations: Record<string, string>) => object({ kind: "ConfigMap", metadata: { annotations } });

  it("is the same for another revision of the same content, and another for another content", () => {
    const first = contentHash(annotated({ [ANNOTATIONS.revision]: "1", a: "b" }));
    expect(contentHash(annotated({ [ANNOTATIONS.revision]: "2", a: "b" }))).toBe(first);
    expect(contentHash(annotated({ [ANNOTATIONS.revision]: "1", a: "c" }))).not.toBe(first);
    expect(contentHash(annotated({ [ANNOTATIONS.revision]: "1" }))).toBe(contentHash(object({ kind: "ConfigMap" })));
  });
});
