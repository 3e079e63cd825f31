import { loadCatalogue } from '../../../lib/sizing';
import { processorOf } from '../../../lib/sizing/catalogue/processors';
import { MARGINS } from '../../../lib/sizing/demand/transfer';
import {
  CLASSES,
  errorsOf,
  fittedSpeeds,
  heldOut,
  isAlike,
  LIKE_OURS,
  mostWithin,
  neededMargin,
  RELATIONS,
  workloads,
} from '../../../testing/sizing/public-benchmarks';

const PAIRS = Object.fromEntries(CLASSES.map((computeClass) => [computeClass, heldOut(computeClass)]));

describe.each(CLASSES)('speeds of %s code', (computeClass) => {
  const pairs = PAIRS[computeClass]!;

  test('are those that fit the public benchmarks', () => {
    const fitted = fittedSpeeds(computeClass);
    const families = [...new Set(loadCatalogue('us-east-1').types.map(({ name }) => name.split('.')[0]!))];
    const known = families.map((family) => ({ family, processor: processorOf(family)! }));
    const wrong = known.filter(({ family, processor }) => {
      const expected = fitted.get(processor.measuredOn ?? family) ?? fitted.get(processor.cpu)!;
      return processor.speed[computeClass].toFixed(2) !== expected.toFixed(2);
    });
    expect(wrong).toEqual([]);
  });

  test.each(RELATIONS)('are carried over with a margin that 95 %% of pairs stay within: %s', (relation) => {
    const margin = MARGINS[relation][computeClass === 'dense' ? 'gemm' : 'scalar'];
    const some = pairs.filter((pair) => pair.relation === relation);
    expect(some.filter(({ late }) => late > margin).length / some.length).toBeLessThanOrEqual(0.05);
    expect(margin - neededMargin(some)).toBeLessThan(0.01); // no more than it takes
  });
});

test('a benchmark of scalar code that was left out is predicted within 12 % in the median, 30 % in nine of ten', () => {
  const { pairs, median, p90 } = errorsOf(PAIRS.scalar!.filter(({ relation }) => relation !== 'processor'));
  expect(pairs).toBeGreaterThan(50_000);
  expect(median).toBeLessThanOrEqual(0.12);
  expect(p90).toBeLessThanOrEqual(0.3);
});

const OURS = PAIRS.dense!.filter(({ workload, relation }) => LIKE_OURS.test(workload) && relation !== 'processor');

test('a benchmark like the dense code of the handler is, where the processor has the same instruction set', () => {
  const { pairs, median, p90 } = errorsOf(OURS.filter(isAlike));
  expect(pairs).toBeGreaterThan(2000);
  expect(median).toBeLessThanOrEqual(0.12);
  expect(p90).toBeLessThanOrEqual(0.3);
});

test('dense code that ran on a GPU is no result of the processor beside it', () => {
  const onGpus = workloads('dense').filter(({ name }) => name.startsWith('llama.cpp'));
  expect(onGpus.flatMap(({ results }) => results.filter(({ family }) => /^g\d\w*n$|^g[56]$/.test(family)))).toEqual([]);
});

const LIKE = workloads('dense').filter(({ name }) => LIKE_OURS.test(name));

test.each([
  ['scalar code', workloads('scalar'), undefined, 0.9, 1],
  ['dense code', workloads('dense'), undefined, 0.7, 0.8],
  ['dense code like that of the handler, with the same instruction set', LIKE, true, 0.9, 1],
  ['dense code like that of the handler, with another one', LIKE, false, 0.6, 0.75],
])('the most that any one speed of a processor predicts within 30 %%: %s', (_, some, alike, least, most) => {
  const share = mostWithin(some, 0.3, alike);
  expect(share).toBeGreaterThan(least);
  expect(share).toBeLessThan(most);
});

test('what any speeds predict at the most is found for results that contradict each other', () => {
  const results = (...scores: number[]) =>
    scores.map((score, i) => ({ family: `f${i}`, cpu: `cpu${i}`, kind: `cpu${i}`, score }));
  const [twice, alike, tenfold] = [results(1, 2), results(1, 2.1), results(1, 10)];
  const named = (...some: ReturnType<typeof results>[]) => some.map((each, i) => ({ name: `w${i}`, results: each }));
  expect(mostWithin(named(twice, alike), 0.3)).toBe(1);
  expect(mostWithin(named(twice, tenfold), 0.3)).toBe(0.5);
  expect(mostWithin(named(twice, alike, tenfold), 0.3)).toBeCloseTo(2 / 3);
});
