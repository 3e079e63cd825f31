/** Writes docs/models.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelsTable } from '../lib/packaging/converters';

writeFileSync(join(__dirname, '../docs/models.md'), modelsTable());
