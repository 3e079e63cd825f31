/** An inspection as text: a tree, and under it whether the file can be packed. */

import type { InspectedNode, Inspection } from '../model/package/inspection';
import { printable } from '../model/text/printable';
import { lineWidth } from './table';

export function inspectionText(inspection: Inspection): string {
  const { file, bytes, format, compression, protocol, tree, converts, model } = inspection;
  const facts = [
    format,
    ...(protocol === undefined ? [] : [`protocol ${protocol}`]),
    ...(compression === undefined || compression === 'none' ? [] : [`compressed with ${compression}`]),
    `${bytes} bytes`,
  ];
  const lines = [`${file}: ${facts.join(', ')}`, ...nodeLines(tree, '', '')];
  if (model) {
    const versions = Object.entries(model.libraries).map(([name, version]) => `${name} ${version}`);
    lines.push(
      `can be packed: ${model.columns} columns${model.namedColumns ? '' : ' without names'} -> ${model.outputs.join(', ')}`,
      ...(model.classes
        ? [`  classes    ${model.classes.slice(0, 10).join(', ')}${model.classes.length > 10 ? ', ...' : ''}`]
        : []),
      `  trained by ${versions.join(', ') || 'an unknown version'}`,
      `  ONNX       ${model.bytes} bytes`,
    );
  } else lines.push(`can't be packed as it is: ${converts.reason}`);
  return lines.map(printable).join('\n');
}

/** @param first what stands before the first line, @param rest what stands before those under it */
function nodeLines({ name, what, details, converts, children }: InspectedNode, first: string, rest: string): string[] {
  const mark = converts === undefined ? '' : converts.yes ? '' : '   [not converted]';
  const lines = [`${first}${name === '' ? '' : `${name}: `}${what}${mark}`];
  const below = `${rest}${children.length > 0 ? '|  ' : '   '}`;
  lines.push(
    ...wrapped(
      Object.entries(details).map(([key, value]) => `${key}=${value}`),
      below,
    ),
  );
  children.forEach((child, i) => {
    const last = i === children.length - 1;
    lines.push(...nodeLines(child, `${rest}${last ? '`- ' : '|- '}`, `${rest}${last ? '   ' : '|  '}`));
  });
  return lines;
}

function wrapped(words: readonly string[], before: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && before.length + line.length + word.length + 2 > lineWidth()) {
      lines.push(`${before}${line}`);
      line = '';
    }
    line += line === '' ? word : `, ${word}`;
  }
  return line === '' ? lines : [...lines, `${before}${line}`];
}
