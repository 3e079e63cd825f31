/** The three bytes that some editors write in front of UTF-8, and that no parser of JSON takes. */

export function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** @returns a view of the same bytes */
export function withoutByteOrderMarkBytes(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
