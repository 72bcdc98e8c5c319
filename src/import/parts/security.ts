// Security contexts of a pod and its main container, to the trait `security`: the profile that they amount to, and the numbers beside it.
// The trait speaks for all containers of the pod: what they do not all say is told as not supported.
import { canonicalJson, isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { cut, place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, NO_SUCH_RIGHT, words } from "../mapping/reportWords.ts";
import { applyRules, field, fieldsOf, needless, type Rule, type Rules, type Spot, take } from "../mapping/rules.ts";

const TO = ["traits", "security"];
const OF_PROFILE = words("a part of the profile of the trait security", "包含在 security 特征的 profile 中");
const NOT_ALONE = advised(
  ["it is only a part of a profile of the trait security", "它只是 security 特征某个 profile 的一部分"],
  ["use profile: restricted if the program can do with it", "若程序允许，请使用 profile: restricted"],
);

type Profile = "restricted" | "baseline" | "none";

/** `restricted` only where both contexts together ask for all that it means: nothing is taken from a program that it had. */
function profileOf(pod: JsonObject, container: JsonObject): Profile {
  const both = { ...pod, ...container };
  const { capabilities, seccompProfile } = both;
  const drop = isObject(capabilities) ? capabilities["drop"] : undefined;
  const filtered = isObject(seccompProfile) && seccompProfile["type"] === "RuntimeDefault";
  const dropsAll = Array.isArray(drop) && drop.includes("ALL");
  if (both["runAsNonRoot"] === true && both["allowPrivilegeEscalation"] === false && dropsAll) return "restricted";
  return filtered ? "baseline" : "none";
}

const FOR_ALL = words("the trait security speaks for all containers of the pod", "security 特征作用于 Pod 的所有容器");
const NOT_FOR_ALL = advised(
  [
    "the trait security speaks for all containers, and these say different things",
    "security 特征作用于所有容器，而各容器的设置不同",
  ],
  ["let all containers say the same, or leave it out", "请让所有容器设置一致，或删除"],
);

interface Contexts {
  readonly pod: Spot<unknown> | undefined;
  /** Of the container whose words count. */
  readonly main: Spot<unknown> | undefined;
  /** Further containers; undefined: one that has no context. */
  readonly others: readonly (Spot<unknown> | undefined)[];
}

const content = (spot: Spot<unknown> | undefined): JsonObject => (isObject(spot?.value) ? spot.value : {});

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

/** A profile that asks for nothing, and nothing beside it. */
function isOnly(profile: Profile, trait: Json | undefined): boolean {
  return profile === "none" && isObject(trait) && Object.keys(trait).length === 1;
}

/** What the main container says holds for the others too: so they have to say it as well. */
function onlyShared(rules: Rules, others: Contexts["others"]): Rules {
  const shared = (key: string, value: Json): boolean =>
    others.every((other) => canonicalJson(content(other)[key]) === canonicalJson(value));
  return Object.fromEntries(
    Object.entries(rules).map(([key, rule]): [string, Rule] => [
      key,
      (spot) =>
        shared(key, spot.value) ? rule(spot) : say(spot.importing.ledger, spot.at, "unsupported", NOT_FOR_ALL),
    ]),
  );
}

function sayOfOther(other: Spot<unknown>, main: JsonObject): void {
  for (const [key, one] of fieldsOf(other)) {
    const same = canonicalJson(main[key]) === canonicalJson(one.value);
    const target = { draft: one.draft, path: TO };
    if (same) say(one.importing.ledger, one.at, "changed", FOR_ALL, target);
    else say(one.importing.ledger, one.at, "unsupported", NOT_FOR_ALL);
  }
}

/** A value that the profile brings along. */
const inProfile =
  (holds: (value: Json) => boolean): Rule =>
  ({ value, at, draft, importing }) =>
    holds(value)
      ? say(importing.ledger, at, "changed", OF_PROFILE, { draft, path: [...TO, "profile"] })
      : say(importing.ledger, at, "unsupported", NOT_ALONE);

function rulesFor(profile: Profile): Rules {
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
    privileged: (spot) =>
      spot.value === false
        ? needless(DEFAULT_ALREADY)(spot)
        : say(spot.importing.ledger, spot.at, "unsupported", NO_SUCH_RIGHT),
    capabilities: (spot) => {
      const add = field(spot, "add");
      if (add)
        put(spot.importing.ledger, { draft: spot.draft, path: [...TO, "capabilities", "add"] }, add.value, add.at);
      const drop = field(spot, "drop");
      if (drop && restricted) inProfile(() => true)(drop);
      else if (drop)
        put(spot.importing.ledger, { draft: spot.draft, path: [...TO, "capabilities", "drop"] }, drop.value, drop.at);
    },
  };
}
