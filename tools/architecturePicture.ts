// Draws the picture in docs/architecture.md: a box for each folder of src with its rooms, and an arrow for each import
// between folders. It reads the imports of the files, so the picture always matches the code. The picture is written in
// Mermaid, which most viewers of Markdown can show.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { importedFiles } from "../test/support/exports.ts";

const SOURCE = resolve(import.meta.dirname, "../src");
/**
 * Folders without arrows. Nearly every folder imports these three, so their arrows would hide all others. The text under
 * the picture says so.
 */
const EVERYWHERE: ReadonlySet<string> = new Set(["model", "ports", "catalog"]);

interface Graph {
  /** Folder -> its rooms, in alphabetical order. */
  readonly rooms: ReadonlyMap<string, readonly string[]>;
  /** Folder -> the folders that its files import. */
  readonly imports: ReadonlyMap<string, ReadonlySet<string>>;
}

export function architecturePicture(): string {
  const { rooms, imports } = readGraph();
  const boxes = [...rooms].map(([folder, names]) => box(folder, names));
  const arrows = [...imports].flatMap(([from, targets]) =>
    [...targets].filter((to) => isDirect(imports, from, to)).map((to) => `  ${idOf(from)} --> ${idOf(to)}`),
  );
  return ["```mermaid", "flowchart TD", ...boxes, ...arrows.sort(), "```"].join("\n");
}

function readGraph(): Graph {
  const rooms = new Map<string, Set<string>>();
  const imports = new Map<string, Set<string>>();
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  for (const file of files.sort()) {
    const [folder = "", room = ""] = file.split("/");
    const own = valueOf(rooms, folder);
    if (file.split("/").length > 2) own.add(room);
    for (const target of importsOf(file)) if (target !== folder) valueOf(imports, folder).add(target);
  }
  return { rooms: new Map([...rooms].map(([folder, names]) => [folder, [...names].sort()])), imports };
}

function valueOf(map: Map<string, Set<string>>, key: string): Set<string> {
  const value = map.get(key) ?? new Set<string>();
  map.set(key, value);
  return value;
}

/** The folders that a file imports. */
function importsOf(file: string): readonly string[] {
  const path = join(SOURCE, file);
  return importedFiles(path, readFileSync(path, "utf8"))
    .map((target) => relative(SOURCE, target).split("/")[0] ?? "")
    .filter((folder) => !EVERYWHERE.has(folder));
}

/**
 * Leaves out an arrow to a folder that is also reached through another folder, so that the picture shows the order and
 * stays readable.
 */
function isDirect(imports: Graph["imports"], from: string, to: string): boolean {
  const others = [...(imports.get(from) ?? [])].filter((folder) => folder !== to);
  return !others.some((folder) => reaches(imports, folder, to));
}

function reaches(imports: Graph["imports"], from: string, to: string): boolean {
  const next = imports.get(from) ?? new Set<string>();
  return next.has(to) || [...next].some((folder) => reaches(imports, folder, to));
}

function box(folder: string, rooms: readonly string[]): string {
  const label = folder.endsWith(".ts") ? folder : `${folder}/`;
  const lines = rooms.length === 0 ? label : `<b>${label}</b><br>${rooms.join("<br>")}`;
  return `  ${idOf(folder)}["${lines}"]`;
}

/** The name of a box in Mermaid, which may contain only letters. */
function idOf(folder: string): string {
  return folder.replace(".ts", "File");
}
