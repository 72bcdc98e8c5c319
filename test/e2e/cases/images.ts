// Failing cases with images that cannot be pulled, each for another reason, from a real registry (support/registry.ts).
import { type Component, worker } from "../support/documents.ts";
import { ABSENT_REGISTRY, FOREIGN_IMAGE, MISSING_IMAGE, PRIVATE_IMAGE } from "../support/registry.ts";
import { type Case, knownAt, says } from "../support/verdicts.ts";

const of = (name: string, image: string, timeout = "90s"): readonly Component[] => [
  worker(name, { timeout, properties: { image } }),
];
const pullFailed = (name: string, words: RegExp) => (namespace: string) =>
  knownAt(namespace, new RegExp(`^${name}-`), says("Failed", words));

export const IMAGES: readonly Case[] = [
  {
    name: { en: "wrong image", zh: "镜像不存在" },
    job: "typo",
    components: of("typo", MISSING_IMAGE),
    expected: {
      phase: "start-failed",
      code: "ImageNotFound",
      who: "you",
      en: /missing:1 does not exist/,
      zh: /镜像 localhost:5077\/missing:1 不存在/,
      evidence: /not found/,
    },
    known: pullFailed("typo", /missing:1": not found|missing:1: not found/),
  },
  {
    name: { en: "image behind a password", zh: "镜像需要凭据" },
    job: "private",
    components: of("private", PRIVATE_IMAGE),
    expected: {
      phase: "start-failed",
      code: "ImageUnauthorized",
      who: "you",
      en: /no permission to pull image .*private:1/,
      zh: /无权拉取镜像 .*private:1/,
      evidence: /no basic auth credentials/,
    },
    known: pullFailed("private", /authorization failed/),
  },
  {
    name: { en: "image for other machines", zh: "镜像架构不符" },
    job: "foreign",
    components: of("foreign", FOREIGN_IMAGE),
    expected: {
      phase: "start-failed",
      code: "ImageWrongArchitecture",
      who: "you",
      en: /foreign:v1\.json has no build for the nodes' architecture/,
      zh: /没有适配节点架构/,
      evidence: /no match for platform/,
    },
    known: pullFailed("foreign", /no match for platform/),
  },
  {
    name: { en: "registry out of reach", zh: "镜像仓库无法访问" },
    job: "remote",
    components: of("remote", ABSENT_REGISTRY, "25s"),
    expected: {
      phase: "expired",
      code: "ImageRegistryUnreachable",
      end: "GaveUpWaiting",
      who: "operator",
      en: /registry of image localhost:5078\/shop:1 cannot be reached: .*connection refused/,
      zh: /无法访问镜像 localhost:5078\/shop:1 的仓库/,
      evidence: /connection refused/,
    },
    known: pullFailed("remote", /connection refused/),
  },
];
