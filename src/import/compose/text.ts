// Small grammars of Compose: variables in values, command lines, sizes, port and volume strings.
// https://github.com/compose-spec/compose-spec/blob/main/spec.md

/** `text` with its variables filled in; `missing` are those that have neither a value nor a default. `$$` is a dollar sign. */
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

/** As a shell splits words: quotes and backslashes. Undefined: a quote is never closed. */
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

/** "512m" of Compose are mebibytes: "512Mi". Bytes get a unit, because a bare size means gibibytes to us. */
export function memory(value: unknown): string | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value));
  const unit = UNITS[(match?.[2] ?? "").toLowerCase() || "b"];
  if (match?.[1] === undefined || unit === undefined) return undefined;
  return unit === "" ? `${Math.ceil(Number(match[1]) / 1024)}Ki` : `${match[1]}${unit}`;
}

export interface PortPair {
  readonly target: number;
  readonly protocol: string;
  /** Reachable from outside of the Compose network. */
  readonly published: boolean;
}

/** "80", "8080:80", "127.0.0.1:8080-8081:80-81/udp". Undefined: no port. */
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
  /** Empty: an anonymous volume. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** "data:/var/lib/data:ro", "./conf:/etc/conf", "/cache". */
export function mountText(text: string): MountText | undefined {
  const parts = text.split(":");
  const [first = "", second, mode = "", ...more] = parts;
  if (more.length > 0 || first === "") return undefined;
  if (second === undefined) return { type: "volume", source: "", target: first, readOnly: false };
  const readOnly = mode.split(",").includes("ro");
  const type = /^[./~]/.test(first) ? "bind" : "volume";
  return { type, source: first, target: second, readOnly };
}
