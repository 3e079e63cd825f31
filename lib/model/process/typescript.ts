/** How a process of ours is started from its source. */
import { join } from 'node:path';

/** To stand before the script among the arguments of Node.js. */
export const TYPESCRIPT: readonly string[] = ['--require', join(__dirname, 'typescript.preload.js')];
