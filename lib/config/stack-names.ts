/** Longest name CloudFormation takes is 128; `-endpoint` and a margin are kept free. */
const LONGEST_PREFIX = 110;

/**
 * Names of the stacks of a stage, after the endpoint's HTTPS name, which is unique: two Slipway projects that both have a
 * stage `dev` in one account would otherwise overwrite each other's stacks.
 */
export function stackNames(domainName: string): { readonly network: string; readonly endpoint: string } {
  const prefix = domainName.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, LONGEST_PREFIX);
  return { network: `${prefix}-network`, endpoint: `${prefix}-endpoint` };
}
