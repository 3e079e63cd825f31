/** Where the catalogues of the regions are. Tests have a fixed one in their place (`jest.config.cjs`), so that a renewed price breaks none. */
import { join } from 'node:path';

export const CATALOGUES = join(__dirname, 'regions');
