/** The tree and ensemble models that test/fixtures/packaging/trees/make.py made. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const FOLDER = join(__dirname, '../../fixtures/packaging/trees');

/** `sklearn-1.1.3`, ... */
export const RELEASES = readdirSync(FOLDER).filter((name) => name.startsWith('sklearn-'));
