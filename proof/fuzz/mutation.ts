/** Damage to a file, from a seed: the same seed, the same damage. */

/** A generator of numbers from 0 to 1 (mulberry32, Tommy Ettinger). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that mean something to one of the formats: lengths, opcodes, signs. */
const TELLING = [0x00, 0x01, 0x7f, 0x80, 0xff, ...Buffer.from('.(]}RbtuescNh\x81\x8c\x93\x94', 'latin1')];

export function mutate(original: Buffer, seed: number): Buffer {
  const next = random(seed);
  const below = (count: number) => Math.floor(next() * count);
  let bytes: Buffer = Buffer.from(original);
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(bytes.length);
    switch (below(7)) {
      case 0:
        bytes[at]! ^= 1 << below(8);
        break;
      case 1:
        bytes[at] = below(256);
        break;
      case 2:
        bytes[at] = TELLING[below(TELLING.length)]!;
        break;
      case 3:
        bytes = bytes.subarray(0, Math.max(1, at));
        break;
      case 4: // some bytes over others
        bytes.copyWithin(at, below(bytes.length), below(bytes.length) + below(64));
        break;
      case 5: // some bytes once more
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(at >> 1, (at >> 1) + below(200)),
          bytes.subarray(at),
        ]);
        break;
      default: // some bytes less
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(16))]);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}
