/** What `start` is asked to show, of its words and of what lies in the folder. */
import { existsSync } from 'node:fs';
import { SlipwayError } from '../../lib/model/error';
import { isBucketAddress } from '../../lib/model/package/package-address';
import { suggestedName } from '../init/questions';
import { goldenBeside, savedFolder } from '../project/saved-folder';

export interface StartFlags {
  file?: string;
  golden?: string;
  name?: string;
  config?: string;
  port: number;
  verbose?: boolean;
  exitAfterVerify?: boolean;
}

/** What is packed where no file is named; in a clone. */
export const EXAMPLE = {
  file: 'examples/breast-cancer/model.joblib',
  golden: 'examples/breast-cancer/golden.json',
  name: 'breast-cancer',
} as const;

export const CONFIG = 'slipway.yaml';

/** A model file with its golden rows, a package of a registry by its address, or the package that slipway.yaml names. */
export type Start = Omit<StartFlags, 'config' | 'file' | 'golden' | 'name'> & {
  /** Undefined where there are no stages yet. */
  readonly config: string | undefined;
} & (
    | { readonly kind: 'file'; readonly file: string; readonly golden: string; readonly name: string }
    | { readonly kind: 'address'; readonly file: string }
    | { readonly kind: 'own'; readonly config: string }
  );

/** @throws SlipwayError E_USAGE, E_FILE */
export function whatToStart(argument: string | undefined, flags: StartFlags): Start {
  const { file: option, golden, name, config, ...rest } = flags;
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new SlipwayError('E_USAGE', `two model files are named, ${argument} and ${option}; name one`);
  }
  const named = argument ?? option;
  const here = config ?? (existsSync(CONFIG) ? CONFIG : undefined);
  const common = { ...rest, config: here };
  const [given] = Object.entries({ golden, name }).filter(([, value]) => value !== undefined);
  if (named === undefined && !existsSync(EXAMPLE.file)) {
    if (here === undefined) {
      throw new SlipwayError('E_USAGE', 'name a model file, e.g. npx slipway start model.joblib --golden golden.json');
    }
    if (given)
      throw new SlipwayError('E_USAGE', `the model of ${here} is a package; leave out --${given[0]}, or name a file`);
    return { ...common, kind: 'own', config: here };
  }
  if (named === undefined) return { ...common, ...EXAMPLE, ...(golden !== undefined && { golden }), kind: 'file' };
  if (isBucketAddress(named)) {
    if (given) {
      throw new SlipwayError(
        'E_USAGE',
        `${named} is a package, which has its golden rows and its name; leave out --${given[0]}`,
      );
    }
    return { ...common, kind: 'address', file: named };
  }
  if (!existsSync(named)) throw new SlipwayError('E_FILE', `${named}: does not exist; name a model file`);
  const [file] = savedFolder([named], {}, () => {}).file as [string];
  const rows = golden ?? (file === EXAMPLE.file ? EXAMPLE.golden : goldenBeside(file));
  if (rows === undefined) throw new SlipwayError('E_USAGE', `name the golden rows of ${file} with --golden`);
  if (!existsSync(rows)) throw new SlipwayError('E_FILE', `${rows}: does not exist; name the file with --golden`);
  return {
    ...common,
    kind: 'file',
    file,
    golden: rows,
    name: name ?? (file === EXAMPLE.file ? EXAMPLE.name : suggestedName(file)),
  };
}
