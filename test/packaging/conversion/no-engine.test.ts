/** Where a graph needs ONNX Runtime, and that is not installed. */
import { SlipwayError } from '../../../lib/model/error';
import { withEngine } from '../../../lib/packaging/conversion/check';
import { errorOf } from '../../../testing/error-of';

jest.mock('../../../lambda/inference/engine', () => ({
  createEngine: (path: string) =>
    Promise.reject(new SlipwayError('E_PLATFORM', `${path}: the native engine does not evaluate it`)),
}));

test('the error names no folder in which the graph lay for a moment', async () => {
  const error = await errorOf(withEngine(Buffer.from('a graph'), async () => {}));
  expect([error.code, error.message]).toEqual([
    'E_PLATFORM',
    'the converted model: the native engine does not evaluate it',
  ]);
});
