// The machine's busybox, patched for images. Debian's busybox is compiled without wget's timeout and crashes on `wget
// -T 2`, which many health checks use (seen with 1.35: the number is stored through a null pointer).
import { run } from "../run.ts";
import type { ImageFile } from "./archive.ts";
import { programWithLibraries } from "./programFiles.ts";

// The option letters of wget. Without the plus sign the value of -T is a text, and a text without a destination is
// ignored, as for -t. The colon at the end keeps the length and has no meaning there.
const crashing = Buffer.from("T:+t:n::\u0000");
const ignoring = Buffer.from("T:t:n:::\u0000");

export async function busyboxFiles(): Promise<Record<string, ImageFile>> {
  const path = "/bin/busybox";
  const files = await programWithLibraries("busybox", path);
  const program = files[path];
  if (!program || (await knowsTimeout())) return files;
  return { ...files, [path]: { ...program, content: repair(Buffer.from(program.content)) } };
}

async function knowsTimeout(): Promise<boolean> {
  // The program prints its options and fails, so the error contains them.
  const help = await run("busybox", ["wget", "--help"]).catch((failure: Error) => failure.message);
  return /-T SEC/.test(help);
}

function repair(program: Buffer): Buffer {
  const place = program.indexOf(crashing);
  if (place >= 0) ignoring.copy(program, place);
  return program;
}
