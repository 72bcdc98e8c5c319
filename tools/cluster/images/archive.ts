// Writes an image in the format of `docker save`: a layer, its configuration and the names. No registry is needed.
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { type TarEntry, writeTar } from "./tar.ts";

export interface ImageFile {
  readonly content: Buffer | string;
  /** Permission bits. Default: 0o644. */
  readonly mode?: number;
}

export interface Image {
  /** Full name, e.g. docker.io/library/busybox:1.36. */
  readonly tag: string;
  /** Absolute path in the image -> file. Folders above a file are created. */
  readonly files: Readonly<Record<string, ImageFile>>;
  /** Symbolic links: path -> target. */
  readonly links?: Readonly<Record<string, string>>;
  /** Path of a folder -> its permission bits. */
  readonly folders?: Readonly<Record<string, number>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  readonly volumes?: readonly string[];
}

export function writeImageArchive(image: Image): Buffer {
  const layer = writeTar(layerEntries(image));
  const digest = sha256(layer);
  const configuration = Buffer.from(JSON.stringify(configurationOf(image, digest)));
  const configurationFile = `${sha256(configuration)}.json`;
  const layerFile = `${digest}/layer.tar`;
  const manifest = [{ Config: configurationFile, RepoTags: [image.tag], Layers: [layerFile] }];
  return writeTar([
    { path: configurationFile, content: configuration, mode: 0o644 },
    { path: layerFile, content: layer, mode: 0o644 },
    { path: "manifest.json", content: Buffer.from(JSON.stringify(manifest)), mode: 0o644 },
  ]);
}

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

function layerEntries({ files, links = {}, folders = {} }: Image): TarEntry[] {
  const modes = new Map(
    [...Object.keys(files), ...Object.keys(links)].flatMap(foldersAbove).map((path) => [path, 0o755]),
  );
  for (const [path, mode] of Object.entries(folders)) modes.set(path, mode);
  const relative = (path: string): string => path.replace(/^\/+/, "");
  return [
    ...[...modes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, mode]) => ({ path: `${relative(path)}/`, mode })),
    ...Object.entries(files).map(([path, { content, mode = 0o644 }]) => ({
      path: relative(path),
      content: Buffer.from(content),
      mode,
    })),
    ...Object.entries(links).map(([path, linkTo]) => ({ path: relative(path), linkTo, mode: 0o777 })),
  ];
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === "/" ? [] : [...foldersAbove(above), above];
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

function configurationOf(image: Image, digest: string): object {
  const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...image.env };
  return {
    architecture: architectures[process.arch] ?? process.arch,
    os: "linux",
    config: {
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...(image.entrypoint && { Entrypoint: image.entrypoint }),
      ...(image.cmd && { Cmd: image.cmd }),
      ...(image.workingFolder && { WorkingDir: image.workingFolder }),
      ...(image.volumes && { Volumes: Object.fromEntries(image.volumes.map((path) => [path, {}])) }),
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
  };
}
