import { createHash } from 'node:crypto';

/** Longest name CloudFormation takes is 128; `-endpoint`, the digest and a margin are kept free. */
const LONGEST_PREFIX = 100;

/**
 * Names of the stacks of a stage, after the endpoint's HTTPS name, which is unique: two Slipway projects that both have a
 * stage `dev` in one account would otherwise overwrite each other's stacks.
 *
 * Dots become hyphens. Where another domain name could become the same, since it has hyphens, or is cut, or has to be given a
 * first letter, a digest of it follows after two hyphens; no other name has those.
 */
export function stackNames(domainName: string): { readonly network: string; readonly endpoint: string } {
  const plain = domainName.replaceAll('.', '-');
  const unique = /^[a-z][a-z0-9.]*$/.test(domainName) && plain.length <= LONGEST_PREFIX;
  const prefix = unique ? plain : `${startingWithLetter(plain).slice(0, LONGEST_PREFIX)}--${digest(domainName)}`;
  return { network: `${prefix}-network`, endpoint: `${prefix}-endpoint` };
}

function startingWithLetter(name: string): string {
  return /^[a-z]/.test(name) ? name : `n${name}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
