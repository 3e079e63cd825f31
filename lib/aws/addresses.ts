/** Ranges of addresses: of IPv4, as `10.0.0.0/16`, and of IPv6, as `2001:db8::/32`. */
import { isIPv6 } from 'node:net';
import type { IpAddressKind } from '../model/stage/balancer';

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

/** Prefix of a range of IPv6 addresses; undefined as for one of IPv4, and where it is written with one of those. */
export function parseIpv6Range(text: string): number | undefined {
  const [address, prefixText, ...rest] = text.split('/') as [string, string?, ...string[]];
  const prefix = /^\d{1,3}$/.test(prefixText ?? '') ? Number(prefixText) : Number.NaN;
  if (rest.length > 0 || !(prefix <= 128) || !isIPv6(address) || /[.%]/.test(address)) return undefined;
  const [head, tail] = address.split('::').map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]?];
  const groups = tail ? [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail] : head;
  const value = BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
  return value % (1n << BigInt(128 - prefix)) === 0n ? prefix : undefined;
}

/** Whether a caller of `allowFrom` is a range of IPv6 addresses. */
export const isIpv6 = (caller: string) => caller.includes(':');

/** What is wrong with the addresses of a load balancer and who may call it, as a phrase about `allowFrom`. */
export function callerProblem({
  ipAddressType,
  allowFrom,
  internal = false,
}: {
  readonly ipAddressType?: IpAddressKind | undefined;
  readonly allowFrom?: readonly string[] | undefined;
  readonly internal?: boolean | undefined;
}): string | undefined {
  const range = allowFrom?.find(isIpv6);
  if (ipAddressType !== 'dualstack') {
    return range && `has ${range}, and the load balancer has addresses of IPv4 alone; set ipAddressType: dualstack`;
  }
  if (internal && !allowFrom) return 'is missing: with internal and dualstack, name the IPv6 ranges of your networks';
  if (!allowFrom || range !== undefined || allowFrom.some((caller) => caller.startsWith('pl-'))) return undefined;
  return 'names no IPv6 range, so that nobody could call over IPv6; add one, or leave ipAddressType out';
}

export const isWithin = (inner: Range, outer: Range): boolean =>
  inner.prefix >= outer.prefix &&
  Math.floor(inner.first / 2 ** (32 - outer.prefix)) * 2 ** (32 - outer.prefix) === outer.first;

/** RFC 1918, and RFC 6598, which VPCs take as well. */
export const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'] as const;

const PRIVATE = PRIVATE_RANGES.map((text) => parseRange(text)!);

/** Whether no address of the range is one of the internet. */
export const isPrivate = (range: Range): boolean => PRIVATE.some((outer) => isWithin(range, outer));
