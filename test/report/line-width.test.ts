import { readModelPackage } from '../../lib/model/package/model-package';
import { packedText } from '../../lib/report/packed-text';
import { fitTo, wrapped } from '../../lib/report/table';
import { EXAMPLE_MODEL } from '../example';

afterEach(() => fitTo(undefined));

const longest = (lines: readonly string[]) => Math.max(...lines.map((line) => line.length));
const text = 'one of many words '.repeat(20);

test.each([
  [undefined, 100],
  [200, 100],
  [60, 60],
  [5, 40],
])('a terminal of %s columns has lines of at most %d', (columns, most) => {
  fitTo(columns);
  expect(longest(wrapped(text, 'Because  '))).toBeLessThanOrEqual(most);
  expect(longest(wrapped(text, 'Because  '))).toBeGreaterThan(most - 10);
});

test('what pack prints has no line that runs on and on', () => {
  const lines = packedText({ package: readModelPackage(EXAMPLE_MODEL) }).split('\n');
  expect(lines.slice(1).filter((line) => line.length > 100)).toEqual([]);
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('Pipeline > sklearn.preprocessing._data.StandardScaler >');
});
