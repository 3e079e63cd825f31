import { MIB } from '../../../lib/model/units';

/** What may wait for a shadow in one worker, answers among it; a request beyond it is dropped and counted. */
export const SHADOW_QUEUE = { rows: 4096, bytes: 2 * MIB } as const;
