// Keeps the last lines of a log in constant memory. When earlier lines were dropped, the first line says how many.

interface Line {
  readonly at: string;
  readonly text: string;
}

export interface LogTail<L extends Line> {
  put(line: L): void;
  lines(): readonly L[];
}

export function logTail<L extends Line>(limit: number): LogTail<L> {
  let kept: L[] = [];
  let dropped = 0;
  return {
    put(line) {
      kept.push(line);
      // Half of the lines are dropped together: removing one line at a time would copy the whole list for each new
      // line.
      if (kept.length <= 2 * limit) return;
      dropped += kept.length - limit;
      kept = kept.slice(-limit);
    },
    lines() {
      const last = kept.slice(-limit);
      const [first] = last;
      const earlier = dropped + kept.length - last.length;
      return first === undefined || earlier === 0 ? last : [{ ...first, text: earlierText(earlier) }, ...last];
    },
  };
}

function earlierText(count: number): string {
  const lines = count === 1 ? "line was" : "lines were";
  return `[… ${count.toLocaleString("en-US")} earlier ${lines} not kept]`;
}
