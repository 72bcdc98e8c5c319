// Fields that several definitions share, each with its rule and its messages. A field that breaks its rule becomes a
// problem of model/problems/problem.ts: `params.problem` names the code, so that the message comes from that table in
// both languages.
import { z } from "zod";
import { parseDuration } from "../model/document/duration.ts";
import { DNS_SUBDOMAIN, isComponentName } from "../model/kubernetes/name.ts";
import { isTooFewBytes, parseQuantity, storageSize } from "../model/kubernetes/quantity.ts";
import type { ProblemCode } from "../model/problems/problem.ts";

/** Attaches a description in both languages. The English one also becomes the description in the JSON Schema. */
export function described<T extends z.ZodType>(schema: T, en: string, zh: string): T {
  return schema.meta({ description: en, zh });
}

function ruled<T extends z.ZodType>(schema: T, problem: ProblemCode, holds: (value: z.output<T>) => boolean): T {
  return schema.refine(holds, { params: { problem } });
}

/** distribution's reference grammar, shortened: [host[:port]/]path[:tag][@digest]. */
const IMAGE =
  /^(?=.{1,512}$)(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[a-z0-9]+:[a-fA-F0-9]{32,})?$/;

export const image = (): z.ZodString => ruled(z.string(), "Image", (value) => IMAGE.test(value));
export const quantity = (): z.ZodUnion<[z.ZodString, z.ZodNumber]> =>
  ruled(z.union([z.string(), z.number()]), "Quantity", (value) => (parseQuantity(value) ?? -1) >= 0);
/** An amount of memory or local disk. */
export const byteAmount = (): z.ZodUnion<[z.ZodString, z.ZodNumber]> =>
  ruled(quantity(), "FewBytes", (value) => !isTooFewBytes(value));
/** The size of a volume: a bare number means gibibytes. */
export const storageAmount = (): z.ZodUnion<[z.ZodString, z.ZodNumber]> =>
  ruled(quantity(), "FewBytes", (value) => !isTooFewBytes(storageSize(value)));
export const duration = (): z.ZodUnion<[z.ZodString, z.ZodNumber]> =>
  ruled(z.union([z.string(), z.number()]), "Duration", (value) => parseDuration(value) !== undefined);
export const componentName = (): z.ZodString => ruled(z.string(), "Name", isComponentName);
export const objectName = (): z.ZodString => ruled(z.string(), "ObjectName", (value) => DNS_SUBDOMAIN.test(value));
export const port = (): z.ZodNumber => z.int().min(1).max(65_535);
export const replicas = (): z.ZodNumber => z.int().min(0).max(10_000);
export const commandLine = (): z.ZodArray<z.ZodString> => z.array(z.string());
/**
 * The path at which a container mounts something. The runtime refuses the root and the kernel's own trees; `..` is
 * always a mistake.
 */
export const mountPath = (): z.ZodString =>
  ruled(absolutePath(), "MountPlace", (value) => !/^\/+$|^\/+(proc|sys)(\/|$)|(^|\/)\.\.(\/|$)/.test(value));
export const claimSize = (): z.ZodUnion<[z.ZodString, z.ZodNumber]> =>
  ruled(storageAmount(), "NotPositive", (value) => parseQuantity(value) !== 0);
/** A rule and not a `regex`, so that its message exists in both languages. The pattern is for editors. */
export const absolutePath = (): z.ZodString =>
  ruled(z.string(), "AbsolutePath", (value) => /^\/[^:\0]*$/.test(value)).meta({ pattern: "^/[^:]*$" });

/** A value that is used as text, so that `1` and `true` need no quotes in the document. */
export const scalar = () => z.union([z.string(), z.number(), z.boolean()]);

/** The key of a label of a node. */
export const NODE_LABEL = /^(?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
