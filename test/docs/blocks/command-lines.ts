/** What is wrong with a command line of a document, told by the command lines themselves, without running it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { program } from '../../../bin/slipway';
import { scripts } from '../../../package.json';
import { curlRequest } from '../../../testing/curl-examples';
import type { ShellCommand } from '../../../testing/documents/shell-commands';

const ROOT = join(__dirname, '../../..');

/** The way that a command line is judged: what is wrong with it, or nothing. */
type Judge = (words: readonly string[]) => string | undefined | Promise<string | undefined>;

/** The command line of Slipway reads it, and does nothing. */
async function ofSlipway(words: readonly string[]): Promise<string | undefined> {
  const slipway = program((name) => name === words[0]);
  let acted = false;
  const tame = (command: Command) => {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    if (command.commands.length === 0) command.action(() => void (acted = true));
    for (const inner of command.commands) tame(inner);
  };
  tame(slipway);
  try {
    await slipway.parseAsync(['node', 'slipway', ...words]);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === 'commander.helpDisplayed' || code === 'commander.help' ? undefined : message;
  }
  return acted ? undefined : `slipway has no command ${words[0]}`;
}

interface CdkOption {
  readonly type: string;
  readonly alias?: string | readonly string[];
  readonly choices?: readonly string[];
}

interface CdkRegistry {
  readonly globalOptions: Readonly<Record<string, CdkOption>>;
  readonly commands: Readonly<Record<string, { readonly options?: Readonly<Record<string, CdkOption>> }>>;
}

const registry = (): CdkRegistry =>
  JSON.parse(
    readFileSync(
      join(dirname(require.resolve('aws-cdk/package.json')), ...['lib', 'cli', 'cli-type-registry.json']),
      'utf8',
    ),
  );

/** By the table of commands and options that the pinned `cdk` has. */
function ofCdk([name = '', ...words]: readonly string[]): string | undefined {
  const { globalOptions, commands } = registry();
  const command = commands[name];
  if (!command) return `cdk has no command ${name}`;
  const known = { ...globalOptions, ...command.options };
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith('-')) continue;
    const [given, value] = word.split('=') as [string, string?];
    const option = Object.entries(known).find(
      ([long, { alias = [] }]) => given === `--${long}` || [alias].flat().some((short) => given === `-${short}`),
    )?.[1];
    if (!option) return `cdk ${name} has no option ${given}`;
    const taken = option.type === 'boolean' ? undefined : (value ?? words[++at]);
    if (option.type !== 'boolean' && taken === undefined) return `cdk ${name} ${given} needs a value`;
    if (option.choices && !option.choices.includes(taken!)) return `cdk ${name} ${given} does not take ${taken}`;
  }
  return undefined;
}

function ofNpm([verb = '', ...rest]: readonly string[]): string | undefined | Promise<string | undefined> {
  const [script, ...words] = ['start', 'test'].includes(verb) ? [verb, ...rest] : rest.filter((w) => w !== '--silent');
  if (verb === 'ci') return rest.every((word) => word === '--omit=dev') ? undefined : `npm ci ${rest.join(' ')}`;
  if (verb === 'install') return rest.length > 0 ? undefined : 'npm install names no package';
  if (!['run', 'start', 'test'].includes(verb)) return `npm ${verb} is not used here`;
  if (!(script! in scripts)) return `package.json has no script ${script}`;
  return script === 'slipway' ? ofSlipway(words.slice(words.indexOf('--') + 1)) : undefined;
}

/** A request that the examples of the handler could be asked with. */
function ofCurl(words: readonly string[]): string | undefined {
  if (words[0] === '-sS') return undefined; // of somebody else's service
  const { url } = curlRequest(['curl', ...words]);
  return /^(https?:\/\/|\$ENDPOINT\/)/.test(url) ? undefined : `curl asks no address: ${url}`;
}

function ofNpx([name = '', ...words]: readonly string[]): ReturnType<Judge> {
  if (name === 'slipway') return ofSlipway(words);
  if (name === 'cdk') return ofCdk(words);
  if (name !== 'jest' && name !== 'biome') return `npx ${name}: a name of a package that anybody could have taken`;
  return words.filter((word) => word.startsWith('test/')).every((path) => existsSync(join(ROOT, path)))
    ? undefined
    : `${words.join(' ')} names a folder that is not there`;
}

const run = (...forms: readonly RegExp[]): Judge => {
  return (words) => (forms.some((form) => form.test(words.join(' '))) ? undefined : 'is in no form that is known here');
};

/** Programs of others are run by `npm run proof:documents`, or said in a form that somebody has tried. */
const PROGRAMS: Readonly<Record<string, Judge>> = {
  npx: ofNpx,
  npm: ofNpm,
  curl: ofCurl,
  aws: run(/^[a-z0-9]+(-[a-z]+)* [a-z]+(-[a-z]+)* --/),
  docker: run(
    /^build --tag slipway \.$/,
    /^run --rm --publish 8080:8080 --volume \S+:\/opt\/ml\/model:ro slipway serve$/,
  ),
  git: run(/^worktree add --detach \.slipway\/base main$/),
  tar: run(/^--create --gzip --file model\.tar\.gz --directory models\/loan \.$/),
  cp: run(/^examples\/\S+ \.$/),
  cd: run(/^\.slipway\/base$/),
  dig: run(/^\+short AAAA( [a-z0-9.-]+)+$/),
  jq: run(/^-c \{/),
  cat: run(/^keys\.txt$/),
  export: run(/^([A-Z_]+=\S+ ?)+$/),
  eval: run(/^\$\(\.\.\.\)$/),
  source: run(/^$/),
  python3: run(/^-m venv \.venv$/),
  '.venv/bin/pip': run(/^install -r examples\/[a-z-]+\/requirements\.txt$/),
  '.venv/bin/python': run(/^examples\/[a-z-]+\/train\.py$/),
};

/** What is wrong with a command of a block; undefined where nothing is. */
export async function mistakeOf(
  { words: [name, ...words] }: ShellCommand,
  block: readonly ShellCommand[],
): Promise<string | undefined> {
  const onPath = block.some((command) => command.words[0] === 'export' && command.words[1]!.startsWith('PATH='));
  if (name === 'slipway' && !onPath) return 'slipway alone is on no path: write npx slipway';
  const judge = name === 'slipway' ? ofSlipway : PROGRAMS[name!];
  return judge ? await judge(words) : `${name} is no program that documents use`;
}
