/**
 * The order of the suites in a fresh clone, where jest knows nothing of the times of earlier runs: those that take longest
 * begin, so that no worker is left alone with one of them. Which they are: `npx jest --json`.
 */
const { join } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

const SLOWEST = [
  'test/sizing/properties.test.ts',
  'test/lambda/inference/process.slow.test.ts',
  'test/lambda/inference/shadow/process.slow.test.ts',
  'test/bin/files.slow.test.ts',
  'test/lambda/inference/longest-turn.slow.test.ts',
  'test/lambda/inference/engine/load-bound.slow.test.ts',
  'test/lambda/inference/cluster/workers.slow.test.ts',
  'test/bin/plan.test.ts',
  'test/constructs/fleet/fleet.test.ts',
  'test/stacks/refusals.slow.test.ts',
  'test/packaging/converters/declarations.slow.test.ts',
  'test/sizing/simulation.slow.test.ts',
  'test/stacks/kinds-of-stage.test.ts',
  'test/stacks/stages.test.ts',
  'test/packaging/boosters/answers.test.ts',
  'test/bin/slipway.test.ts',
  'test/profiling/profile.slow.test.ts',
  'test/sizing/catalogue/catalogue.test.ts',
  'test/lambda/inference/serving/several-models.slow.test.ts',
  'test/packaging/conversion/child.slow.test.ts',
].map((path) => join(__dirname, '..', path));

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (SLOWEST.includes(path) ? SLOWEST.indexOf(path) : SLOWEST.length);
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
