/** The page of `slipway plan --html`. */
import { existsSync } from 'node:fs';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { replaceFile } from '../../lib/model/files/replace-file';
import { MIB } from '../../lib/model/units';
import { isPlanPage } from '../../lib/report/page';
import { progress } from '../terminal/output';

/** Bytes of a page at most. */
const LONGEST_PAGE = 64 * MIB;

/** A page that was written before is replaced, and nothing else: the name may be a slip. */
export function writePage(file: string, page: string): void {
  if (existsSync(file) && !isPlanPage(readRegularFile(file, LONGEST_PAGE))) {
    throw new SlipwayError('E_FILE', `${file}: is there and is no page of "plan --html"; name another file`);
  }
  replaceFile(file, page);
  progress(`wrote ${file}`);
}
