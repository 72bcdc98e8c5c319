// The text of an answer, in the character set that it names; UTF-8 where it names none. A byte order mark says more than the name.

interface Decoded {
  readonly body: string;
  /** The bytes are no text in this character set, or it is not known here: then `body` has holes. */
  readonly garbled?: string;
}

const MARKS: readonly (readonly [charset: string, mark: readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16be", [0xfe, 0xff]],
  ["utf-16le", [0xff, 0xfe]],
];

export function decode(bytes: Buffer, contentType = ""): Decoded {
  const marked = MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  const named = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]?.toLowerCase();
  const charset = marked?.[0] ?? named ?? "utf-8";
  try {
    return { body: bytes.length === 0 ? "" : new TextDecoder(charset, { fatal: true }).decode(bytes) };
  } catch {
    return { body: bytes.toString(), garbled: charset.slice(0, 40) };
  }
}
