// The presets of component type `store`.
import { mysql } from "./mysql.ts";
import { postgresql } from "./postgresql.ts";
import type { Preset } from "./preset.ts";
import { redis } from "./redis.ts";

export const PRESETS = { redis, postgresql, mysql } as const satisfies Record<string, Preset>;

type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]]; // keys of a const object that is not empty
