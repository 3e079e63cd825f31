/** Graphs of a few hundred bytes that never end, or take gigabytes: what somebody makes who means no good. */
import { sha256 } from '../../../../lib/model/formats/digest';
import { writeModelPackage } from '../../../../lib/model/package/model-package';
import { rawBytes } from '../../../../lib/packaging/onnx/graph';
import { type OnnxGraph, type OnnxNode, serializeModel } from '../../../../lib/packaging/onnx/model';

const COLUMNS = 4;

export const node = (
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: OnnxNode['attributes'] = {},
) => ({
  operator,
  domain: '' as const,
  inputs,
  outputs,
  attributes,
});
export const integers = (name: string, values: readonly number[], shape = [values.length]) => ({
  name,
  type: 'int64' as const,
  shape,
  bytes: rawBytes(BigInt64Array.from(values, BigInt)),
});

/** A model of the sum of four columns, and of what the nodes make of it: from `sum`, `[rows]`, to `predict`. */
export function graphOf(nodes: readonly OnnxNode[], constants: OnnxGraph['constants']): Uint8Array {
  return serializeModel({
    name: 'unbounded',
    inputs: [{ name: 'x', type: 'float64', shape: [null, COLUMNS] }],
    outputs: [{ name: 'predict', type: 'float64', shape: [null] }],
    constants: [integers('columns', [1]), ...constants],
    nodes: [node('ReduceSum', ['x', 'columns'], ['sum'], { keepdims: 0 }), ...nodes],
  });
}

/**
 * A loop whose condition stays true and that nobody counts.
 *
 * @param plainly whether that can be seen without running it
 */
export function endless(plainly = true): Uint8Array {
  const body: OnnxGraph = {
    name: 'body',
    inputs: [
      { name: 'turn', type: 'int64', shape: [] },
      { name: 'goes', type: 'bool', shape: [] },
      { name: 'before', type: 'float64', shape: [null] },
    ],
    outputs: [
      { name: 'goes_on', type: 'bool', shape: [] },
      { name: 'after', type: 'float64', shape: [null] },
    ],
    constants: [],
    nodes: [
      ...(plainly
        ? [node('Identity', ['goes'], ['goes_on'])]
        : [node('Not', ['goes'], ['stops']), node('Not', ['stops'], ['goes_on'])]),
      node('Neg', ['before'], ['after']),
    ],
  };
  const yes = { name: 'yes', type: 'bool' as const, shape: [], bytes: Uint8Array.of(1) };
  return graphOf([node('Loop', ['', 'yes', 'sum'], ['predict'], { body })], [yes]);
}

/** A tensor of so many MiB, of which the file has the shape alone. */
export function large(mebibytes: number): Uint8Array {
  return graphOf(
    [
      node('ConstantOfShape', ['shape'], ['zeros'], {
        value: { type: 'float64', shape: [1], bytes: new Uint8Array(8) },
      }),
      node('ReduceSum', ['zeros'], ['nothing'], { keepdims: 0 }),
      node('Add', ['sum', 'nothing'], ['predict']),
    ],
    [integers('shape', [mebibytes, 2 ** 17])],
  );
}

/** A package that `pack` would not have made. */
export function writeHandMade(directory: string, name: string, onnx: Uint8Array): void {
  const columns = Array.from({ length: COLUMNS }, (_, i) => i);
  writeModelPackage(directory, {
    manifest: {
      name,
      signature: {
        columns: columns.map((i) => ({ name: `c${i}`, type: 'float64', missing: false })),
        namedColumns: false,
        inputs: [{ name: 'x', type: 'float64', columns }],
        outputs: [{ name: 'predict', type: 'float64', width: 1 }],
      },
      computeClass: 'scalar',
      source: { file: 'none', sha256: sha256(''), bytes: 0, format: 'onnx', estimators: [], libraries: {} },
      packedBy: 'hand',
    },
    model: onnx,
  });
}
