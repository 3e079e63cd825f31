import { createHash } from 'node:crypto';
import { OWN_KEY } from '../model/stage/encryption';
import type { StageConfig } from './config';

/** Longest name CloudFormation takes is 128; `-endpoint`, the digest and a margin are kept free. */
const LONGEST_PREFIX = 100;
/** The name of a model follows. */
const LONGEST_BESIDE_MODEL = 70;

/**
 * Names of the stacks of a stage, after the endpoint's HTTPS name, which is unique: two Slipway projects that both have a
 * stage `dev` in one account would otherwise overwrite each other's stacks.
 *
 * Dots become hyphens. Where another domain name could become the same, since it has hyphens, or is cut, or has to be given a
 * first letter, a digest of it follows after two hyphens; no other name has those.
 */
export function stackNames(domainName: string): {
  readonly network: string;
  /** Where several models share it. */
  readonly frontDoor: string;
  /** Where one model has all of it. */
  readonly endpoint: string;
} {
  const prefix = prefixOf(domainName, LONGEST_PREFIX);
  return { network: `${prefix}-network`, frontDoor: `${prefix}-front-door`, endpoint: `${prefix}-endpoint` };
}

/**
 * Whether there is a stack of what several models share. Behind a listener of the user's it has their name and the key of the
 * stage, as far as they are made.
 */
export function hasFrontDoor({ place, domain, endpoint }: Pick<StageConfig, 'place' | 'domain' | 'endpoint'>): boolean {
  if (!place) return false;
  return !endpoint.listener || domain.zoneId !== undefined || endpoint.encryptionKey === OWN_KEY;
}

/** Name of the stack of an endpoint, which is that of its fleet where it shares one. The name of a model has no two hyphens in a row, so that it is no digest of a domain name. */
export function endpointStack({ domain, place, fleet }: Pick<StageConfig, 'domain' | 'place' | 'fleet'>): string {
  if (fleet) return `${prefixOf(domain.name, LONGEST_BESIDE_MODEL)}--${fleet.name}-fleet`;
  if (!place) return stackNames(domain.name).endpoint;
  return `${prefixOf(domain.name, LONGEST_BESIDE_MODEL)}--${place.name}-model`;
}

function prefixOf(domainName: string, longest: number): string {
  const plain = domainName.replaceAll('.', '-');
  const unique = /^[a-z][a-z0-9.]*$/.test(domainName) && plain.length <= longest;
  return unique ? plain : `${startingWithLetter(plain).slice(0, longest)}--${digest(domainName)}`;
}

function startingWithLetter(name: string): string {
  return /^[a-z]/.test(name) ? name : `n${name}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
