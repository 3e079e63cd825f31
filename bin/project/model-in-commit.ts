/** A model file as it is in another commit, packed. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { temporaryFolder } from '../../lib/model/files/temporary-folder';
import { type ModelFile, packedFile } from '../../lib/packaging/model-file';
import type { Commit } from './git';

/**
 * The folder of the package, in the cache that the working tree has too: the same bytes are packed once.
 *
 * @throws SlipwayError E_FILE for a file that the commit lacks; as `packedFile`
 */
export function packedIn(commit: Commit, model: ModelFile, cache: string): string {
  const folder = temporaryFolder('slipway-commit-');
  let files = 0;
  const taken = (path: string): string => {
    const bytes = commit.read(path);
    if (!bytes) throw new SlipwayError('E_FILE', `${path}: is not in ${commit.name}`);
    const place = join(folder, String(files++), basename(path));
    mkdirSync(dirname(place));
    writeFileSync(place, bytes);
    return place;
  };
  try {
    const { golden, data, labels } = model;
    const profile = commit.read(model.profile) === undefined ? join(folder, 'none') : taken(model.profile);
    return packedFile(
      {
        ...model,
        file: model.file.map(taken),
        profile,
        ...(golden !== undefined && { golden: taken(golden) }),
        ...(data !== undefined && { data: taken(data) }),
        ...(labels !== undefined && { labels: taken(labels) }),
      },
      cache,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
