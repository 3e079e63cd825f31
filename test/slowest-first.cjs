/**
 * The order of the suites in a fresh clone, where jest knows nothing of the times of earlier runs: those that take longest
 * begin, so that no worker is left alone with one of them. Which they are: `npx jest --json`.
 */
const { join } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

const SLOWEST = [
  'sizing/properties',
  'lambda/inference/process',
  'bin/files',
  'lambda/inference/longest-turn',
  'lambda/inference/cluster/workers',
  'bin/slipway',
  'profiling/profile',
  'stacks/refusals',
  'packaging/boosters/answers',
  'bin/plan',
  'lambda/inference/serving/several-models',
  'packaging/conversion/child',
  'sizing/make-plan',
  'stacks/bill',
].map((name) => join(__dirname, `${name}.test.ts`));

module.exports = class SlowestFirst extends Sequencer {
  static slowest = SLOWEST;

  sort(tests) {
    const rank = ({ path }) => (SLOWEST.includes(path) ? SLOWEST.indexOf(path) : SLOWEST.length);
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
