/**
 * The example of the repository as the tests know it: a configuration of three stages, and model packages. The files at the
 * root are a user's own to change; whoever deploys another model still has a gate that is green.
 */
import { join } from 'node:path';
import { DEPLOYMENT_FIXTURES } from '../testing/fixtures';

export const EXAMPLE_CONFIG = join(DEPLOYMENT_FIXTURES, 'slipway.yaml');

/** A verified and profiled classifier of columns of numbers, called `breast-cancer`. */
export const EXAMPLE_MODEL = join(DEPLOYMENT_FIXTURES, 'models/breast-cancer');

/** A verified classifier of numbers and categories, called `loan`. */
export const LOAN_MODEL = join(DEPLOYMENT_FIXTURES, 'models/loan');
