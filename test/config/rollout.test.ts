import { rolloutSchema } from '../../lib/config/rollout';

const read = (rollout: unknown) => {
  const { data, error } = rolloutSchema.safeParse(rollout);
  return data ?? error!.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test.each([
  [
    { canary: '5 %', for: '10m' },
    { shares: [5], holdSeconds: 600 },
  ],
  [
    { linear: '20%', for: '180s' },
    { shares: [20, 40, 60, 80, 100], holdSeconds: 180 },
  ],
  [
    { linear: '40 %', for: '1h' },
    { shares: [40, 80, 100], holdSeconds: 3600 },
  ],
  [
    { allAtOnce: true, for: '2h' },
    { shares: [100], holdSeconds: 7200 },
  ],
  [
    { canary: '5 %', for: '10m', mostChanged: '0.5 %' },
    { shares: [5], holdSeconds: 600, mostChanged: 0.005 },
  ],
])('%j', (written, rollout) => {
  expect(read(written)).toEqual(rollout);
});

test.each([
  [{ for: '10m' }, ': must have one of canary, linear, allAtOnce'],
  [
    { canary: '5 %', allAtOnce: true, for: '10m' },
    ': must have one of canary, linear, allAtOnce, has canary and allAtOnce',
  ],
  [{ canary: '0 %', for: '10m' }, 'canary: must be a whole percentage from 1 % to 100 %, e.g. 5 %'],
  [{ canary: '2.5 %', for: '10m' }, 'canary: must be a whole percentage from 1 % to 100 %, e.g. 5 %'],
  [{ canary: 5, for: '10m' }, 'canary: must be a whole percentage from 1 % to 100 %, e.g. 5 %'],
  [{ canary: '101 %', for: '10m' }, 'canary: must be a whole percentage from 1 % to 100 %, e.g. 5 %'],
  [{ linear: '4 %', for: '10m' }, 'linear: must be at least 5 %: more than 20 steps take too long'],
  [{ canary: '5 %', for: '2m' }, 'for: must be a time with its unit from 3m to 2h, e.g. 10m'],
  [{ canary: '5 %', for: '10' }, 'for: must be a time with its unit from 3m to 2h, e.g. 10m'],
  [{ canary: '5 %' }, 'for: must be a time with its unit from 3m to 2h, e.g. 10m'],
  [{ allAtOnce: false, for: '10m' }, 'allAtOnce: must be true, or left out'],
])('%j is a mistake', (written, message) => {
  expect(read(written)).toContain(message);
});
