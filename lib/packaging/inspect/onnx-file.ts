/** What is inside an ONNX file. */

import type { InspectedNode } from '../../model/package/inspection';
import { type DocumentValue, readOnnxDocument } from '../onnx/document';

/** Inputs, outputs and kinds of operators that are shown. */
const SHOWN = 20;

export function describeDocument(file: string, bytes: Uint8Array): InspectedNode {
  const document = readOnnxDocument(file, bytes);
  const counts = new Map<string, number>();
  for (const { domain, operator } of document.nodes) {
    const name = domain === '' ? operator : `${domain}.${operator}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  let constants = 0;
  for (const { raw } of document.constants.values()) constants += raw.byteLength;
  const sets = [...document.operatorSets].map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`);
  return {
    name: '',
    what: 'an ONNX model',
    details: {
      ...(document.producer && { producer: `${document.producer} ${document.producerVersion}`.slice(0, 80) }),
      'operator sets': sets.slice(0, SHOWN).join(', '),
      constants: `${document.constants.size}, ${constants} bytes`,
    },
    children: [
      group('inputs', document.inputs),
      group('outputs', document.outputs),
      {
        name: 'operators',
        what: `${document.nodes.length} nodes`,
        details: Object.fromEntries(
          [...counts].slice(0, SHOWN).map(([name, count]) => [name.slice(0, 80), String(count)]),
        ),
        children: [],
      },
    ],
  };
}

function group(name: string, values: readonly DocumentValue[]): InspectedNode {
  const children = values.slice(0, SHOWN).map((value) => {
    const shape = value.shape ? ` [${value.shape.map((length) => length ?? '?').join(', ')}]` : '';
    return { name: value.name.slice(0, 80), what: `${value.description}${shape}`, details: {}, children: [] };
  });
  return { name, what: String(values.length), details: {}, children };
}
