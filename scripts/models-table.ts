/** Writes docs/reference/models.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelsTable } from '../lib/packaging/converters';

writeFileSync(join(__dirname, '../docs/reference/models.md'), modelsTable());
