// Writes a tar archive (ustar) in memory, with the entries that an image layer needs: files, folders and symbolic
// links.

export interface TarEntry {
  /** Relative path, without a leading slash. */
  readonly path: string;
  readonly content?: Buffer;
  readonly linkTo?: string;
  readonly mode: number;
}

const blockSize = 512;

export function writeTar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => [header(entry), entry.content ?? Buffer.alloc(0), padding(entry)]);
  // The format ends with two empty blocks.
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
}

function padding({ content }: TarEntry): Buffer {
  return Buffer.alloc((blockSize - ((content?.length ?? 0) % blockSize)) % blockSize);
}

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(blockSize);
  const { name, prefix } = splitPath(entry.path);
  const put = (text: string, offset: number): number => block.write(text, offset);
  put(name, 0);
  put(octal(entry.mode, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(entry.content?.length ?? 0, 11), 124);
  // Always the same time, so that the same content gives the same digest.
  put(octal(0, 11), 136);
  put(typeOf(entry), 156);
  put(entry.linkTo ?? "", 157);
  put("ustar\u000000", 257);
  put(prefix, 345);
  put(`${octal(checksum(block), 6)}\u0000 `, 148);
  return block;
}

function typeOf(entry: TarEntry): string {
  if (entry.linkTo !== undefined) return "2";
  return entry.content === undefined ? "5" : "0";
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");

/** The sum of all bytes, in which the eight bytes of the checksum count as spaces. */
function checksum(block: Buffer): number {
  return block.reduce((sum, byte) => sum + byte, 0) + 8 * " ".charCodeAt(0);
}

function splitPath(path: string): { name: string; prefix: string } {
  if (path.length <= 100) return { name: path, prefix: "" };
  const cut = path.lastIndexOf("/", 155);
  const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
  if (cut < 1 || name.length > 100) throw new Error(`The path ${path} is too long for the archive.`);
  return { name, prefix };
}
