/** What trees make of columns and graphs, alone and inside of other estimators. */
import type { ConvertedModel } from '../../lib/packaging/estimator/assemble';

export const FLOAT32_MAXIMUM = 3.4028234663852886e38;

/** Nodes of trees in a graph. */
export function treeNodes({ onnx }: ConvertedModel): number {
  return Buffer.from(onnx).toString('latin1').split('\x22\x0cTreeEnsemble').length - 1; // op_type, 12 characters
}

/**
 * A column that trees get as it is.
 *
 * @param release folder of the model
 * @param since the first release in which these trees accept NaN; undefined when none does
 */
export function acceptedByTrees(release: string, since: string | undefined) {
  const [major, minor] = /(\d+)\.(\d+)\.[^/]*$/.exec(release)!.slice(1).map(Number);
  const missing =
    since !== undefined && major! * 100 + minor! >= Number(since.split('.')[0]) * 100 + Number(since.split('.')[1]);
  return { type: 'float64', missing, maximum: FLOAT32_MAXIMUM };
}
