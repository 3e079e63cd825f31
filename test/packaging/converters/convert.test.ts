import { convertFile } from '../answers';
import { modelsOf } from '../fixtures';

test.each([
  ['linear', 'linear-zlib.joblib'],
  ['trees', 'forest.joblib'],
  ['composition', 'search-grid.joblib'],
])('converts a model of %s to the same bytes again: %s', async (family, file) => {
  const [one, other] = await Promise.all([1, 2].map(() => convertFile(modelsOf(family), file)));
  expect(Buffer.from(one!.onnx).equals(other!.onnx)).toBe(true);
});
