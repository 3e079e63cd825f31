/** How a process of ours is started from its source, or from what was compiled of it for the package. */
import { join } from 'node:path';

/** To stand before the script among the arguments of Node.js. */
export const TYPESCRIPT: readonly string[] = __filename.endsWith('.ts')
  ? ['--require', join(__dirname, 'typescript.preload.js')]
  : [];
