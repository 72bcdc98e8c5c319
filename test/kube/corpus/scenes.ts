// All scenes of the corpus: the kinds and states of the readiness rules that can be produced on a real cluster.
import type { Scene } from "./scene.ts";
import { DEPLOYMENTS } from "./scenes/deployments.ts";
import { JOBS } from "./scenes/jobs.ts";
import { NETWORK } from "./scenes/network.ts";
import { OTHERS } from "./scenes/others.ts";
import { PODS } from "./scenes/pods.ts";
import { SETS } from "./scenes/sets.ts";

export const SCENES: readonly Scene[] = [...DEPLOYMENTS, ...SETS, ...JOBS, ...PODS, ...NETWORK, ...OTHERS];
