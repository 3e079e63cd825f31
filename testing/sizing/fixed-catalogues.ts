/** In place of `lib/sizing/catalogue/place.ts` under Jest: one catalogue of us-east-1 that no renewal changes. */
import { join } from 'node:path';

export const CATALOGUES = join(__dirname, 'regions');
