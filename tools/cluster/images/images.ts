// The local images: created on this machine and imported into the node under their public names. The node cannot reach
// a registry, so every other image causes a real ErrImagePull within a second.
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Built, ensureBuilt } from "../build.ts";
import { folderOf } from "../layout.ts";
import { goModules } from "../modules.ts";
import { importArchive } from "../node/containerd.ts";
import { readState, type State, writeState } from "../state.ts";
import { type Image, writeImageArchive } from "./archive.ts";
import { busybox, busyboxBase } from "./busybox.ts";
import { mysql } from "./mysql.ts";
import { pause } from "./pause.ts";
import { postgresql } from "./postgresql.ts";
import { redis } from "./redis.ts";

export async function ensureImages(state: State, runtime: Built): Promise<void> {
  // The node's content store is removed together with the state that has this mark.
  if (state.done.images === imagesVersion) return;
  const images = await Promise.all([
    pause(),
    busybox("1.36"),
    busybox("1.37"),
    redis(),
    postgresql(),
    mysql("8.4"),
    mysql("9.4"),
  ]);
  await Promise.all(images.map((image) => give(state.name, runtime, image)));
  state.done.images = imagesVersion;
  writeState(state);
}

// Increase it when an image changes, so that a running node gets the new images at the next `up`.
const imagesVersion = "6";

export interface LocalImage extends Omit<Image, "files"> {
  readonly files?: Image["files"];
  /** Name of the cluster that gets the image. Default: "test". */
  readonly cluster?: string;
}

/**
 * Creates an image on top of busybox and imports it into the node of a running cluster. Pods need imagePullPolicy
 * IfNotPresent.
 */
export async function importImage(image: LocalImage): Promise<void> {
  const name = image.cluster ?? "test";
  if (!readState(name)?.hasNode)
    throw new Error(`Cluster "${name}" has no running node; start it with "up --name ${name}".`);
  const base = await busyboxBase();
  const merged = {
    ...base,
    ...image,
    files: { ...base.files, ...image.files },
    links: { ...base.links, ...image.links },
  };
  const runtime = await ensureBuilt(goModules.runtime, () => undefined);
  await give(name, runtime, { ...merged, folders: { ...base.folders, ...image.folders } });
}

async function give(name: string, runtime: Built, image: Image): Promise<void> {
  const folder = join(folderOf(name), "images");
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, `${createHash("sha256").update(image.tag).digest("hex").slice(0, 16)}.tar`);
  writeFileSync(archive, writeImageArchive(image));
  await importArchive(name, runtime, archive);
  rmSync(archive);
}
