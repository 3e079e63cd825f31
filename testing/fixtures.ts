/** Where the committed models and configurations lie that tests, proofs and benchmarks share. */
import { join } from 'node:path';

const FIXTURES = join(__dirname, '../test/fixtures');

/** Model files of many libraries and releases, and what those answered. */
export const PACKAGING_FIXTURES = join(FIXTURES, 'packaging');

/** A configuration of three stages and the model packages that it deploys. */
export const DEPLOYMENT_FIXTURES = join(FIXTURES, 'deployment');
