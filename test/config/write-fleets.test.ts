import { withFleets } from '../../lib/config/write-fleets';
import { thrownBy } from '../../testing/error-of';

const FLEETS = { shared: ['titanic', 'iris'] };

const inBlock = (stage: string) => `# a comment
models:
  titanic: { model: a }   # as it is
  iris:   { model: b }
stages:
  prod:   # the one
${stage}
  dev:
    region: eu-west-1
# the end`;

test('lines follow the last key of the stage, and all else stays', () => {
  const stage = '    region: "eu-west-1"   # why\n    traffic:\n      p99: 40ms # tight';
  expect(withFleets(inBlock(stage), 'prod', FLEETS)).toBe(
    inBlock(`${stage}\n    fleets:\n      shared: [titanic, iris]`),
  );
});

test('a stage in one line stays in one', () => {
  const text = 'stages: { prod: { region: eu-west-1, zones: [a, b] } } # end\n';
  expect(withFleets(text, 'prod', FLEETS)).toBe(
    'stages: { prod: { region: eu-west-1, zones: [a, b], fleets: { shared: [titanic, iris] } } } # end\n',
  );
});

test.each([
  ['in lines', '    fleets:\n      old: [titanic] # was\n    region: eu-west-1'],
  ['in one line', '    fleets: { old: [titanic] }\n    region: eu-west-1'],
])('fleets that are there %s are replaced', (_, stage) => {
  const written = withFleets(inBlock(stage), 'prod', FLEETS);
  expect(written).toContain('    fleets: { shared: [titanic, iris] }');
  expect(written).not.toContain('old');
  expect(written).toContain('    region: eu-west-1\n  dev:');
});

test('no fleets take back those of the defaults, and a file may end without a line', () => {
  expect(withFleets('stages:\n  prod:\n    region: eu-west-1', 'prod', {})).toBe(
    'stages:\n  prod:\n    region: eu-west-1\n    fleets: {}\n',
  );
});

test('a stage that is an alias is left to whoever wrote it', () => {
  const text = 'one: &one { region: eu-west-1 }\nstages: { prod: *one }\n';
  expect(thrownBy(() => withFleets(text, 'prod', FLEETS)).message).toContain(
    'put them in by hand: fleets: { shared: [titanic, iris] }',
  );
});
