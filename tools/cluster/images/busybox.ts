// The image busybox: the shell and the small programs that most examples run, and the base of all other local images.
import { run } from "../run.ts";
import type { Image } from "./archive.ts";
import { busyboxFiles } from "./busyboxProgram.ts";

/** The content of all images: a shell, users, and folders that every user may write, as in the original images. */
export async function busyboxBase(): Promise<Omit<Image, "tag">> {
  const applets = (await run("busybox", ["--list"])).split("\n").filter((name) => name && name !== "busybox");
  return {
    files: {
      ...(await busyboxFiles()),
      "/etc/passwd": { content: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n" },
      "/etc/group": { content: "root:x:0:\nnogroup:x:65534:\n" },
    },
    links: Object.fromEntries(applets.map((name) => [`/bin/${name}`, "busybox"])),
    folders: {
      "/tmp": 0o1777,
      "/root": 0o700,
      "/home": 0o755,
      "/var/tmp": 0o1777,
      "/var/www": 0o755,
      "/usr/bin": 0o755,
      "/run": 0o755,
    },
    cmd: ["sh"],
  };
}

/** The versions differ in one file only, which is enough to see an update of the image. */
export async function busybox(version: string): Promise<Image> {
  const base = await busyboxBase();
  const mark = { "/etc/busybox-version": { content: `${version}\n` } };
  return { ...base, tag: `docker.io/library/busybox:${version}`, files: { ...base.files, ...mark } };
}
