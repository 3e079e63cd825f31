/**
 * Messages name a command `slipway plan` and a page `docs/runbook.md`, wherever they were made. What is shown can be typed and
 * opened from the current folder as it stands there: `npx slipway plan` in a clone and in a project that has the package,
 * `slipway plan` where it is installed for the whole machine, and elsewhere the launcher by its path. Nobody is told to `npx`
 * what npm would fetch by this name, which is somebody else's to take.
 */
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, parse, relative, sep } from 'node:path';
import * as manifest from '../../package.json';
import { COMMAND_NAMES } from './command-names';
import { shellWord } from './shell-word';

const NAME = 'slipway';
const ROOT = realpathSync(join(__dirname, '..', '..'));
const LAUNCHER = join(ROOT, 'bin', 'launcher.js');

/** Where npm puts programs of a project; it is on the path only while npm runs something. */
const PROJECT_PROGRAMS = join('node_modules', '.bin');

const COMMAND = new RegExp(
  `(?<![\\w./@:-])(?:npx )?${NAME}(?= (?:\\[options\\]|--\\w|(?:${COMMAND_NAMES.join('|')})(?![\\w./-])))`,
  'g',
);
const PAGE = /(?<![\w./@:-])docs\/[\w./-]+\.md(?!\w)/g;

const isThis = (path: string, own: string) => existsSync(path) && realpathSync(path) === own;

/** Whether a shell finds this Slipway by its name, whichever the folder. */
function isOnPath(path: string): boolean {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.endsWith(PROJECT_PROGRAMS))
    .some((folder) => isThis(join(folder, NAME), LAUNCHER));
}

/** The folders from one up to the root. */
function above(folder: string): string[] {
  return folder === parse(folder).root ? [folder] : [folder, ...above(dirname(folder))];
}

/** The project of a folder, as npm finds it: the nearest one that has a manifest or packages. */
const projectOf = (folder: string) =>
  above(folder).find((each) => ['package.json', 'node_modules'].some((name) => existsSync(join(each, name))));

/** Whether npx runs this Slipway: of the project itself, or of the nearest packages that have a program of this name. */
function isByNpx(folder: string): boolean {
  const project = projectOf(folder);
  if (project === undefined) return false;
  if (project === ROOT) return true;
  const found = above(project).find((each) => existsSync(join(each, PROJECT_PROGRAMS, NAME)));
  return found !== undefined && isThis(join(found, 'node_modules', manifest.name), ROOT);
}

/** From a folder, the shorter way. */
function pathFrom(folder: string, path: string): string {
  const way = relative(folder, path);
  return (way.length < path.length ? way : path).split(sep).join('/');
}

/**
 * The words that call this Slipway.
 *
 * @param folder that they are typed in. @default - whichever
 * @param path of the environment
 */
export function callWords(folder: string | undefined, path = process.env.PATH ?? ''): string {
  if (isOnPath(path)) return NAME;
  if (folder === undefined) return `node ${shellWord(LAUNCHER)}`;
  return isByNpx(folder) ? `npx ${NAME}` : `node ${shellWord(pathFrom(folder, LAUNCHER))}`;
}

/** A text of ours for whoever sits in the current folder. */
export function asCalled(text: string): string {
  const folder = existsSync('.') ? realpathSync('.') : undefined; // it may be gone by now
  const page = (name: string) =>
    folder !== undefined && existsSync(join(ROOT, name)) ? pathFrom(folder, join(ROOT, name)) : name;
  return text.replace(COMMAND, () => callWords(folder)).replace(PAGE, page);
}
