/**
 * What a path holds that is given to `pack`: a model file, or a model as a tool has saved it, with a model file in it.
 * Archives are read in memory: nothing of them reaches the disk, and nothing in them is run.
 */
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { SlipwayError } from '../../model/error';
import { named } from '../../model/files/file-error';
import { type Members, openArchive } from '../archives/archive';
import { readFileBytes } from '../joblib';
import { isSkops } from '../skops';
import { bentoModel } from './bentoml';
import { readFolder } from './folder';
import { mlflowModel } from './mlflow';
import { onlyModel } from './only-model';

export interface Source {
  /** Base name of the model file. */
  readonly file: string;
  readonly bytes: Buffer;
  /** What it was in, for people: `an MLflow model (flavor sklearn)`. Absent for a file that was given itself. */
  readonly from?: string;
  /** Inputs that were saved beside the model, without answers. */
  readonly example?: Example;
  /** What is there and plays no part in what is packed, as sentences. */
  readonly warnings?: readonly string[];
}

export interface Example {
  /** Name of its file. */
  readonly file: string;
  /** Records or arrays, as of golden rows. */
  readonly inputs: readonly unknown[];
}

/**
 * @param path of a file or a folder; of a file within an archive after a `#`: `model.tar.gz#model.joblib`
 * @throws SlipwayError E_FILE, E_FORMAT, E_UNSAFE, E_UNSUPPORTED or E_LIMIT
 */
export async function openSource(path: string): Promise<Source> {
  const [, whole, part] = existsSync(path) ? [path, path] : /^(.+?)(?:#(.+))?$/s.exec(path)!;
  const file = basename(whole!);
  if (named(whole!, 'read', () => statSync(whole!, { throwIfNoEntry: false })?.isDirectory())) {
    const found = fromTools(file, readFolder(whole!));
    if (found) return found;
    throw new SlipwayError(
      'E_FILE',
      `${whole}: is a folder without a model of MLflow (MLmodel) or BentoML (model.yaml); name the model file in it`,
    );
  }
  const bytes = await readFileBytes(whole!);
  const archive = await openArchive(file, bytes);
  if (archive && !isSkops(archive)) {
    const found = fromTools(file, archive.members);
    if (found) return found;
    if (archive.kind === 'tar') return onlyModel(file, archive.members, part);
  }
  if (part === undefined) return { file, bytes };
  throw new SlipwayError(
    'E_USAGE',
    `${file}: is no archive with files in it, so there is none to choose with #${part}`,
  );
}

function fromTools(file: string, members: Members): Source | undefined {
  return mlflowModel(file, members) ?? bentoModel(file, members);
}
