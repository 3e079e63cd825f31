/** A configuration in a folder of its own, and the mistakes that are found in it. */
import { parseConfig } from '../../lib/config/load';
import { SlipwayError } from '../../lib/model/error';

const FILE = 'slipway.yaml';

export const read = (text: string) => parseConfig(text, FILE);

/** The mistakes reported for a document, as `line: rest`. */
export function mistakes(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_CONFIG') throw error;
    return error.problems.map((problem) => problem.slice(FILE.length + 1));
  }
  return [];
}

export interface StageText {
  readonly name?: string;
  readonly region?: string;
  readonly account?: string;
  readonly domain?: string;
  /** Further lines, each of the form `key: value`. */
  readonly more?: readonly string[];
}

export const UUID = '0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';

/** A document of these stages: its defaults are lines 2 to 4, the first stage begins on line 6. */
export function configuration(...stages: readonly StageText[]): string {
  const written = stages.flatMap(({ name = 'dev', region = 'eu-west-1', account, domain, more = [] }) => [
    `  ${name}:`,
    `    region: ${region}`,
    '    availability: single',
    `    domain: ${domain ?? '{ name: a.example.com, zone: example.com, zoneId: Z0123456789 }'}`,
    ...(account === undefined ? [] : [`    account: "${account}"`]),
    ...more.map((line) => `    ${line}`),
  ]);
  return [
    'model: models/m',
    'defaults:',
    '  traffic: { requestsPerSecond: 20, p99: 100ms }',
    '  monitoring: { notify: none }',
    'stages:',
    ...written,
    '',
  ].join('\n');
}

/** The one line that is added to a stage is line 10. */
export const withLine = (line: string) => configuration({ more: [line] });
