// Decodes the body of an answer: by its byte order mark, else in the character set that its content type names, else as
// UTF-8.

interface Decoded {
  readonly body: string;
  /**
   * The character set, when the bytes are not valid text in it or Node does not know it. `body` is then decoded as
   * UTF-8, with replacement characters. Absent when the text was decoded completely.
   */
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
