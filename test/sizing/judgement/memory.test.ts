import { handlerMiB, memoryLimitMiB, usableMiB, volumeGiB } from '../../../lib/sizing/judgement/memory';
import { typeNamed } from '../../../testing/sizing/examples';

const memory = { baseMiB: 60, loadedMiB: 100, loadPeakMiB: 120, sharedMiB: 40 };

test.each([
  ['c7a.large', 4096 - 0.06 * 4096 - 250 - 150],
  ['c7g.medium', 2048 - 64 - 200 - 250 - 150],
  ['r7i.4xlarge', 131072 - 0.06 * 131072 - 250 - 150],
])('%s leaves %d MiB to the handler', (name, expected) => {
  expect(usableMiB(typeNamed(name))).toBeCloseTo(expected, 6);
});

test('every worker holds the model, code is there once, and a primary process joins them when there are several', () => {
  expect(handlerMiB(memory, 1, 4 * 1024 * 1024)).toBeCloseTo(40 + 60 * 1.1 + 48 + 32 + 1, 6);
  expect(handlerMiB(memory, 3, 4 * 1024 * 1024)).toBeCloseTo(40 + 3 * (60 * 1.1 + 48 + 32) + 20 + 32 + 1, 6);
});

test('a model that needs more while it loads is planned for that', () => {
  expect(handlerMiB({ ...memory, loadPeakMiB: 900 }, 2, 0)).toBe(40 + 2 * 860 + 20 + 32);
});

test('the limit leaves a quarter over the need, as far as the instance goes', () => {
  expect(memoryLimitMiB(typeNamed('c7a.large'), 400)).toBe(496);
  expect(memoryLimitMiB(typeNamed('c7g.medium'), 1370)).toBe(1376);
});

test.each([
  [1e6, 8],
  [3 * 1024 ** 3, 12],
])('a model of %d bytes needs a volume of %d GiB', (bytes, expected) => {
  expect(volumeGiB(bytes, typeNamed('c7a.large'))).toBe(expected);
});
