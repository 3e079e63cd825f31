/** The handler as the bundle that an instance runs, for those who only run it: made once for all suites of a worker. */
import { currentTarget } from '../lib/artifacts/handler-bundle';
import { cachedHandler } from '../lib/artifacts/handler-cache';
import { temporaryFolder } from './temporary-folder';

/** A folder of its own with the bundle. */
export const bundledHandler = (): string => cachedHandler(temporaryFolder(), currentTarget());
