/** Puts `fleets` of a stage into the text of slipway.yaml, and touches nothing else in it. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, type Pair, parse, parseDocument, type YAMLMap } from 'yaml';
import { SlipwayError } from '../model/error';
import type { FleetDocument } from './fleets';
import { fleetLines } from './propose-fleets';

/**
 * @param text of slipway.yaml
 * @throws SlipwayError E_CONFIG where the stage is not written out, so that the lines have to be put in by hand
 */
export function withFleets(text: string, stage: string, fleets: FleetDocument): string {
  const written = spliced(text, stage, fleets);
  const expected = parse(text) as { stages: Record<string, object> };
  Object.assign(expected.stages[stage]!, { fleets });
  if (written !== undefined && readsAs(written, expected)) return written;
  throw new SlipwayError(
    'E_CONFIG',
    `stages.${stage} is written in a way that leaves no place for fleets; put them in by hand: ${flow(fleets)}`,
  );
}

function readsAs(text: string, expected: unknown): boolean {
  const document = parseDocument(text, { logLevel: 'silent' });
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), expected);
}

const flow = (fleets: FleetDocument) =>
  `fleets: { ${Object.entries(fleets)
    .map(([name, models]) => `${name}: [${models.join(', ')}]`)
    .join(', ')} }`.replace('{  }', '{}');

function spliced(text: string, stage: string, fleets: FleetDocument): string | undefined {
  const map = parseDocument(text).getIn(['stages', stage]);
  if (!isMap(map) || map.items.length === 0) return undefined;
  const there = map.items.find(({ key }) => (isScalar(key) ? key.value : key) === 'fleets');
  if (there) return replaced(text, there, fleets);
  return map.flow ? inFlow(text, map, fleets) : inBlock(text, map, fleets);
}

const startOf = ({ key }: Pair) => (isNode(key) ? key.range?.[0] : undefined);
const endOf = ({ key, value }: Pair) => (isNode(value) ? value : isNode(key) ? key : undefined)?.range?.[1];

/** In place of what is there; a line that ended there still does. */
function replaced(text: string, pair: Pair, fleets: FleetDocument): string | undefined {
  const [start, end] = [startOf(pair), endOf(pair)];
  if (start === undefined || end === undefined) return undefined;
  const rest = /\s*$/.exec(text.slice(start, end))![0];
  return text.slice(0, start) + flow(fleets) + rest + text.slice(end);
}

function inFlow(text: string, map: YAMLMap, fleets: FleetDocument): string | undefined {
  const end = endOf(map.items.at(-1)!);
  return end === undefined ? undefined : `${text.slice(0, end)}, ${flow(fleets)}${text.slice(end)}`;
}

/** On lines of their own, after the last key. */
function inBlock(text: string, map: YAMLMap, fleets: FleetDocument): string | undefined {
  const [start, end] = [startOf(map.items[0]!), endOf(map.items.at(-1)!)];
  if (start === undefined || end === undefined) return undefined;
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  const newline = text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1;
  const lines = fleetLines(fleets, indent);
  if (newline > 0) return text.slice(0, newline) + lines + text.slice(newline);
  return `${text}\n${lines}`;
}
