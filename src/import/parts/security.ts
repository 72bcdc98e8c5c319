// The security contexts of a pod and its main container become the trait `security`: a profile, and additional fields
// such as user numbers. The trait applies to all containers of the pod, so settings in which the containers differ are
// reported as not supported.
import { canonicalJson, isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { cut, place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, NO_SUCH_RIGHT, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRule,
  type FieldRules,
  field,
  fieldsOf,
  type InputPart,
  needless,
  take,
} from "../mapping/rules.ts";

const TO = ["traits", "security"];
const OF_PROFILE = words("became a part of the profile of the trait security", "包含在 security 特征的 profile 中");
const NOT_ALONE = advised(
  ["the trait security has this setting only as a part of a profile", "security 特征只在 profile 中包含该设置"],
  ["use profile: restricted if the program works with it", "若程序允许，请使用 profile: restricted"],
);

type Profile = "restricted" | "baseline" | "none";

/**
 * The profile that both contexts together ask for. It is never stricter than they are, so that the program keeps the
 * rights that it had.
 */
function profileOf(pod: JsonObject, container: JsonObject): Profile {
  const both = { ...pod, ...container };
  const { capabilities, seccompProfile } = both;
  const drop = isObject(capabilities) ? capabilities["drop"] : undefined;
  const filtered = isObject(seccompProfile) && seccompProfile["type"] === "RuntimeDefault";
  const dropsAll = Array.isArray(drop) && drop.includes("ALL");
  if (both["runAsNonRoot"] === true && both["allowPrivilegeEscalation"] === false && dropsAll) return "restricted";
  return filtered ? "baseline" : "none";
}

const FOR_ALL = words("the trait security applies to all containers of the pod", "security 特征作用于 Pod 的所有容器");
const NOT_FOR_ALL = advised(
  [
    "the trait security applies to all containers, but their settings differ",
    "security 特征作用于所有容器，而各容器的设置不同",
  ],
  ["use the same setting for all containers, or leave it out", "请让所有容器设置一致，或删除"],
);

interface Contexts {
  readonly pod: InputPart<unknown> | undefined;
  /** The context of the main container, which decides. */
  readonly main: InputPart<unknown> | undefined;
  /** The contexts of the further containers; `undefined` for a container without one. */
  readonly others: readonly (InputPart<unknown> | undefined)[];
}

const content = (part: InputPart<unknown> | undefined): JsonObject => (isObject(part?.value) ? part.value : {});

export function securityContexts({ pod, main, others }: Contexts): void {
  const given = [pod, main].filter((one) => one !== undefined);
  for (const one of others) if (one) sayOfOther(one, content(main));
  const [first] = given;
  if (first === undefined) return;
  if (given.every((one) => Object.keys(content(one)).length === 0)) {
    for (const one of given) needless(DEFAULT_ALREADY)(one);
    return;
  }
  const profile = profileOf(content(pod), content(main));
  place(first.draft, TO, { profile });
  const rules = rulesFor(profile);
  if (pod) applyRules(rules, pod);
  if (main) applyRules(onlyShared(rules, others), main);
  const said = given.some((one) => field(one, "runAsUser") !== undefined);
  if (isOnly(profile, valueAt(first.draft, TO))) cut(first.draft, TO);
  if (profile === "restricted" && !said) place(first.draft, [...TO, "runAsUser"], "image");
}

/** True when the trait has only the profile none, and no other field. */
function isOnly(profile: Profile, trait: Json | undefined): boolean {
  return profile === "none" && isObject(trait) && Object.keys(trait).length === 1;
}

/**
 * Applies a rule to a field of the main container only if all other containers have the same value, because the trait
 * applies to all.
 */
function onlyShared(rules: FieldRules, others: Contexts["others"]): FieldRules {
  const shared = (key: string, value: Json): boolean =>
    others.every((other) => canonicalJson(content(other)[key]) === canonicalJson(value));
  return Object.fromEntries(
    Object.entries(rules).map(([key, rule]): [string, FieldRule] => [
      key,
      (part) =>
        shared(key, part.value) ? rule(part) : say(part.importing.ledger, part.at, "unsupported", NOT_FOR_ALL),
    ]),
  );
}

function sayOfOther(other: InputPart<unknown>, main: JsonObject): void {
  for (const [key, one] of fieldsOf(other)) {
    const same = canonicalJson(main[key]) === canonicalJson(one.value);
    const target = { draft: one.draft, path: TO };
    if (same) say(one.importing.ledger, one.at, "changed", FOR_ALL, target);
    else say(one.importing.ledger, one.at, "unsupported", NOT_FOR_ALL);
  }
}

/** The rule for a value that is a part of the profile. */
const inProfile =
  (holds: (value: Json) => boolean): FieldRule =>
  ({ value, at, draft, importing }) =>
    holds(value)
      ? say(importing.ledger, at, "changed", OF_PROFILE, { draft, path: [...TO, "profile"] })
      : say(importing.ledger, at, "unsupported", NOT_ALONE);

function rulesFor(profile: Profile): FieldRules {
  const restricted = profile === "restricted";
  return {
    runAsUser: take(...TO, "runAsUser"),
    runAsGroup: take(...TO, "runAsGroup"),
    fsGroup: take(...TO, "fsGroup"),
    supplementalGroups: take(...TO, "supplementalGroups"),
    readOnlyRootFilesystem: take(...TO, "readOnlyRootFilesystem"),
    runAsNonRoot: inProfile((value) => value === restricted),
    allowPrivilegeEscalation: inProfile((value) => restricted && value === false),
    seccompProfile: inProfile((value) => profile !== "none" && isObject(value) && value["type"] === "RuntimeDefault"),
    fsGroupChangePolicy: inProfile((value) => value === "OnRootMismatch"),
    privileged: (part) =>
      part.value === false
        ? needless(DEFAULT_ALREADY)(part)
        : say(part.importing.ledger, part.at, "unsupported", NO_SUCH_RIGHT),
    capabilities: (part) => {
      const add = field(part, "add");
      if (add)
        put(part.importing.ledger, { draft: part.draft, path: [...TO, "capabilities", "add"] }, add.value, add.at);
      const drop = field(part, "drop");
      if (drop && restricted) inProfile(() => true)(drop);
      else if (drop)
        put(part.importing.ledger, { draft: part.draft, path: [...TO, "capabilities", "drop"] }, drop.value, drop.at);
    },
  };
}
