// Reads the cards of a node from the annotation that HAMi writes. Both of its formats are read; an entry that cannot be
// read is left out.
import { isObject } from "../../model/data/json.ts";
import { type LabelMap, numberAt, textAt } from "../kubernetes/optionalFields.ts";

export interface HamiDevice {
  readonly id: string;
  /** The number of shares that the card can be split into. */
  readonly slots: number;
  readonly memory: number;
  readonly cores: number;
  readonly type: string;
  readonly numa: number;
  readonly mode: string;
  readonly healthy: boolean;
  readonly cordoned: boolean;
}

const HAMI_REGISTER = "hami.io/node-nvidia-register";
const HAMI_CORDON = "hami.io/device-cordon";
const NONE: readonly HamiDevice[] = [];

export function hamiDevicesOf(annotations: LabelMap): readonly HamiDevice[] {
  const text = annotations[HAMI_REGISTER];
  if (text === undefined || text === "") return NONE;
  const cordoned = new Set((annotations[HAMI_CORDON] ?? "").split(",").filter((one) => one !== ""));
  const devices = text.trimStart().startsWith("[") ? fromJson(text) : fromColons(text);
  return devices.map((one) => ({ ...one, cordoned: cordoned.has(one.id) }));
}

type Registered = Omit<HamiDevice, "cordoned">;

function fromJson(text: string): readonly Registered[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((one) => ({
    id: textAt(one, "id"),
    slots: numberAt(one, "count") ?? 0,
    memory: numberAt(one, "devmem") ?? 0,
    cores: numberAt(one, "devcore") ?? 0,
    type: textAt(one, "type"),
    numa: numberAt(one, "numa") ?? 0,
    mode: textAt(one, "mode"),
    healthy: one["health"] === true,
  }));
}

/** Each card is written as `UUID,count,mem,core,type,numa,health[,index,mode]:`. */
function fromColons(text: string): readonly Registered[] {
  return text.split(":").flatMap((part) => {
    const [id = "", slots = "", memory = "", cores = "", type = "", numa = "", health = "", , mode = ""] =
      part.split(",");
    if (id === "" || health === "") return [];
    return [
      {
        id,
        slots: Number(slots) || 0,
        memory: Number(memory) || 0,
        cores: Number(cores) || 0,
        type,
        numa: Number(numa) || 0,
        mode,
        healthy: health === "true",
      },
    ];
  });
}
