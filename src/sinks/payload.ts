// An event as sinks send it. Its id is the same at every delivery, and unique across installations.

import { mapStrings, maskText } from "../model/document/sealed.ts";
import { writtenName } from "../model/kubernetes/name.ts";
import type { PlatformEvent } from "../model/run/event.ts";

interface Payload {
  readonly id: string;
  readonly body: string;
}

/**
 * Events with the same key are delivered in order: the key is their run, or their application when they have no run.
 */
export function orderKey({ run, application }: Pick<PlatformEvent, "run" | "application">): string {
  return run ?? `application/${writtenName(application)}`;
}

export function payloadOf(event: PlatformEvent, installation: string): Payload {
  const { sequence, at, type, project, application, run, data } = event;
  const id = `${installation}-${sequence}`;
  return {
    id,
    body: JSON.stringify({
      id,
      sequence,
      at,
      type,
      project,
      application: writtenName(application),
      run,
      data: mapStrings(data, maskText),
    }),
  };
}
