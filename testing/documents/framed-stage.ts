/** Pieces of slipway.yaml, as documents show them, in a whole file. */
import { parse, stringify } from 'yaml';
import { isRecord } from '../../lib/model/formats/json';
import type { CodeBlock } from './code-blocks';

type Keys = Record<string, unknown>;

/** What a piece is put into where its page has no whole file that has its stage. */
const STAGE: Keys = {
  account: '222222222222',
  region: 'eu-west-1',
  availability: 'zone',
  traffic: { requestsPerSecond: 20, p99: '100ms' },
  domain: { name: 'credit.example.com', zone: 'example.com', zoneId: 'Z0123456789PROD' },
  monitoring: { notify: ['ops@example.com'] },
};

function frameOf(names: readonly string[]): Keys {
  const stages = names.length > 0 ? names : ['prod'];
  return { model: 'models/credit-risk', stages: Object.fromEntries(stages.map((name) => [name, STAGE])) };
}

/** What cannot stand beside a key of the piece is left out of the frame. */
const IN_PLACE_OF: Readonly<Record<string, string>> = { frontDoor: 'domain', name: 'domain', models: 'model' };

function merged(frame: Keys, piece: Keys): Keys {
  const left = Object.keys(piece).map((key) => IN_PLACE_OF[key]);
  const kept = Object.entries(frame).filter(([key]) => !left.includes(key) || key in piece);
  const added = Object.entries(piece).map(([key, value]) => {
    const framed = frame[key];
    return [key, isRecord(framed) && isRecord(value) ? merged(framed, value) : value] as const;
  });
  return Object.fromEntries([...kept, ...added]);
}

const stagesOf = (document: Keys) => Object.keys((document.stages ?? {}) as Keys);

/** Whether it is a file of its own, whose stages say where they are. */
function isWhole({ model, models, stages, defaults }: Keys): boolean {
  if ((model ?? models) === undefined || !isRecord(stages)) return false;
  return Object.values(stages).every((stage) => 'region' in { ...(defaults as Keys), ...(stage as Keys) });
}

/**
 * A whole slipway.yaml that has the piece. Keys of a stage go into a stage; stages go into a file that the page showed
 * before, where it has them. A comment `<!-- with: KEYS -->` right above the block has what else the stage needs.
 *
 * @param before blocks of the same page, in their order
 * @throws Error for text that is no YAML
 */
export function framedStage(block: CodeBlock, before: readonly CodeBlock[]): string {
  const piece = parse(block.code) as Keys;
  if (isWhole(piece)) return block.code;
  const files = before.filter(({ language }) => language === 'yaml').map(({ code }) => parse(code) as Keys);
  const shown = files
    .filter(isWhole)
    .findLast((file) => stagesOf(piece).every((name) => stagesOf(file).includes(name)));
  const document = ['stages', 'model', 'models'].some((key) => key in piece) ? piece : { stages: { prod: piece } };
  const frame = 'stages' in piece && shown !== undefined ? shown : frameOf(stagesOf(document));
  const [, more] = /^with: (.*)$/.exec(block.note ?? '') ?? [];
  const whole = merged(frame, document);
  return stringify(more === undefined ? whole : merged(whole, { stages: { prod: parse(more) as Keys } }));
}
