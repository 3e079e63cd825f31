/** Ranges of IPv4 addresses, as `10.0.0.0/16`. */

export interface Range {
  readonly first: number;
  readonly prefix: number;
}

/** Undefined for what is no range, or has bits set beyond its prefix. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [prefix, ...octets] = [Number(match[5]), ...match.slice(1, 5).map(Number)] as [number, ...number[]];
  if (prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
  const first = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return first % 2 ** (32 - prefix) === 0 ? { first, prefix } : undefined;
}

export const isWithin = (inner: Range, outer: Range): boolean =>
  inner.prefix >= outer.prefix &&
  Math.floor(inner.first / 2 ** (32 - outer.prefix)) * 2 ** (32 - outer.prefix) === outer.first;

/** RFC 1918, and RFC 6598, which VPCs take as well. */
export const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'] as const;

const PRIVATE = PRIVATE_RANGES.map((text) => parseRange(text)!);

/** Whether no address of the range is one of the internet. */
export const isPrivate = (range: Range): boolean => PRIVATE.some((outer) => isWithin(range, outer));
