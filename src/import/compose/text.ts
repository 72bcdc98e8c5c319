// Reads the small grammars of Compose: variables in values, command lines, sizes, port and volume strings.
// https://github.com/compose-spec/compose-spec/blob/main/spec.md

/**
 * `text` with its variables replaced. `missing` lists the variables that have neither a value nor a default. `$$` is a
 * dollar sign.
 */
export function interpolate(
  text: string,
  variables: Readonly<Record<string, string>>,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const filled = text.replace(
    /\$(?:(\$)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^{}]*))?\}|([A-Za-z_]\w*))/g,
    (_all, ...groups: readonly (string | undefined)[]) => {
      const [dollar, braced, how = "", word = "", bare] = groups;
      if (dollar !== undefined) return "$";
      const name = braced ?? bare ?? "";
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      const given = value !== undefined && !(how.startsWith(":") && value === "");
      if (how.endsWith("+")) return given ? word : "";
      if (given) return value;
      if (how.endsWith("-")) return word;
      missing.push(name);
      return "";
    },
  );
  return { text: filled, missing };
}

/** Splits a line into words like a shell, with quotes and backslashes; `undefined` when a quote is not closed. */
export function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== "") {
    const word = /^(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/s.exec(rest)?.[0];
    if (word === undefined) return undefined;
    words.push(unquote(word));
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}

function unquote(word: string): string {
  return word.replace(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs,
    (_all, double?: string, single?: string, escaped?: string) =>
      double !== undefined ? double.replace(/\\(["\\$`])/g, "$1") : (single ?? escaped ?? ""),
  );
}

const UNITS: Readonly<Record<string, string>> = {
  b: "",
  k: "Ki",
  kb: "Ki",
  m: "Mi",
  mb: "Mi",
  g: "Gi",
  gb: "Gi",
  t: "Ti",
  tb: "Ti",
};

/**
 * A size of Compose as a quantity: "512m" (mebibytes) becomes "512Mi". Bytes get a unit, because kubemin reads a bare
 * number as gibibytes.
 */
export function memory(value: unknown): string | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value));
  const unit = UNITS[(match?.[2] ?? "").toLowerCase() || "b"];
  if (match?.[1] === undefined || unit === undefined) return undefined;
  return unit === "" ? `${Math.ceil(Number(match[1]) / 1024)}Ki` : `${match[1]}${unit}`;
}

export interface PortPair {
  readonly target: number;
  readonly protocol: string;
  /** True when the port is reachable from outside the Compose network. */
  readonly published: boolean;
}

/**
 * Reads texts like "80", "8080:80" and "127.0.0.1:8080-8081:80-81/udp"; `undefined` when the text is not a port or a
 * range of ports.
 */
export function portPairs(text: string): readonly PortPair[] | undefined {
  const match = /^(?:(?:\[[^\]]+\]|[\d.]+|\*):)?(?:(\d*)(?:-\d+)?:)?(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  const [first, last] = [Number(match[2]), Number(match[3] ?? match[2])];
  if (first < 1 || last > 65_535 || last < first || last - first > 99) return undefined;
  const protocol = (match[4] ?? "tcp").toUpperCase();
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    target: first + index,
    protocol,
    published: text.includes(":"),
  }));
}

interface MountText {
  readonly type: "volume" | "bind";
  /** The name of the volume, or the folder of a bind mount; empty for an anonymous volume. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Reads texts like "data:/var/lib/data:ro", "./conf:/etc/conf" and "/cache". */
export function mountText(text: string): MountText | undefined {
  const parts = text.split(":");
  const [first = "", second, mode = "", ...more] = parts;
  if (more.length > 0 || first === "") return undefined;
  if (second === undefined) return { type: "volume", source: "", target: first, readOnly: false };
  const readOnly = mode.split(",").includes("ro");
  const type = /^[./~]/.test(first) ? "bind" : "volume";
  return { type, source: first, target: second, readOnly };
}
