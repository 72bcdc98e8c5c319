// Reads `--keep`: how long old runs, logs, events and revisions are kept. They are removed in
// src/engine/upkeep/retention.ts.
import { parseDuration } from "../../model/document/duration.ts";
import { usageFailure } from "../grammar/failure.ts";
import type { ServeOptions } from "../grammar/root.ts";

const SHORTEST_KEPT = 3_600_000;

/** Reads words such as `runs=90d` and `logs=forever`. The result is in milliseconds; `null` means for ever. */
export function keepOf(words: readonly string[]): NonNullable<ServeOptions["keep"]> {
  return Object.fromEntries(
    words.map((word) => {
      const [, kind, age] = /^(runs|logs|events|revisions)=(.+)$/.exec(word) ?? [];
      const milliseconds = age === "forever" ? null : parseDuration(age ?? "");
      if (kind === undefined || milliseconds === undefined || (milliseconds !== null && milliseconds < SHORTEST_KEPT))
        throw usageFailure(
          { en: "--keep: {word} is not understood", zh: "--keep：无法识别 {word}" },
          {
            en: "write it like runs=90d, logs=30d, events=30d or revisions=forever; at least 1h",
            zh: "写法如 runs=90d、logs=30d、events=30d 或 revisions=forever；至少 1h",
          },
          { word },
        );
      return [kind, milliseconds];
    }),
  );
}
