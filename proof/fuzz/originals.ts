/** The files that are damaged: every small model file among the fixtures. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGING_FIXTURES } from '../../testing/fixtures';

const MAXIMUM_BYTES = 12_000;

export interface Original {
  readonly name: string;
  readonly bytes: Buffer;
}

export function originals(): Original[] {
  const names = readdirSync(PACKAGING_FIXTURES, { recursive: true, encoding: 'utf8' }).sort();
  return names
    .filter((name) => /\.(joblib|pkl|onnx|ubj|json|txt)$/.test(name) && !/(expected|values|versions)\.json$/.test(name))
    .filter((name) => !name.startsWith('hostile') && statSync(join(PACKAGING_FIXTURES, name)).size <= MAXIMUM_BYTES)
    .map((name) => ({ name, bytes: readFileSync(join(PACKAGING_FIXTURES, name)) }));
}
