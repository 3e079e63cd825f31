/** The weights of a transformer as plain text: what they are, and the memory of a GPU that they take. */
import type { TransformerWeights } from '../model/package/transformer';
import { printable } from '../model/text/printable';
import { usd } from '../model/units';
import { bytesPerToken, type FittingType, type TextLoad, type TransformerMemory } from '../sizing/transformer';
import { table, wrapped } from './table';

export interface TransformerReport {
  readonly weights: TransformerWeights;
  readonly load: TextLoad;
  /** Absent where nothing says how the layers remember. */
  readonly memory?: TransformerMemory;
  readonly types: readonly FittingType[];
}

const amount = (value: number) => value.toLocaleString('en-US');
/** With two digits: the cache of a few short texts is some hundredths. */
const gib = (mib: number) => (mib / 1024).toFixed(2);

const NOT_SERVED =
  'It is no model of tables: Slipway does not pack it and serves no text. What a GPU would need for it, computed, not measured:';

export function transformerText({ weights, load, memory, types }: TransformerReport): string {
  const { file, parameters, bytes, types: kinds, attention } = weights;
  const lines = [
    printable(
      `${file}: weights of a neural network, ${amount(parameters)} parameters (${Object.keys(kinds).sort().join(', ')}), ${amount(bytes)} bytes`,
    ),
  ];
  if (!attention || !memory) {
    lines.push(
      ...wrapped(
        'It is no model of tables, and Slipway does not pack it. There is no config.json of a transformer beside it, so that the memory it takes at work cannot be told.',
      ),
    );
    return `${lines.join('\n')}\n`;
  }
  const { layers, windowed, longest } = attention;
  const window = windowed ? `, ${windowed.layers} of them with a window of ${amount(windowed.tokens)} tokens` : '';
  lines.push(
    `  ${layers + (windowed?.layers ?? 0)} layers${window}; a token leaves ${amount(bytesPerToken(attention))} bytes in them`,
    ...wrapped(NOT_SERVED),
    '',
    `${load.sequences} ${load.sequences === 1 ? 'text' : 'texts'} of ${amount(load.tokens)} tokens at the same time`,
    ...table([
      ['', 'GiB'],
      ['weights', gib(memory.weightsMiB)],
      ['keys and values', gib(memory.cacheMiB)],
      ['at work', gib(memory.workMiB)],
      ['CUDA', gib(memory.runtimeMiB)],
      ['together', gib(memory.totalMiB)],
    ]),
  );
  if (longest !== undefined && load.tokens > longest) {
    lines.push(`  It was made for texts of at most ${amount(longest)} tokens.`);
  }
  lines.push(
    '',
    ...(types.length === 0
      ? ['No instance type with one GPU holds it.']
      : [
          'Cheapest types with one GPU that hold it',
          ...table([
            ['type', 'GPU', 'usable GiB', 'tokens/s', 'USD/month'],
            ...types.map((type) => [
              type.instanceType,
              type.gpu,
              gib(type.usableMiB),
              `${type.tokensPerSecond}`,
              usd(type.usdPerMonth),
            ]),
          ]),
        ]),
  );
  return `${lines.join('\n')}\n`;
}
