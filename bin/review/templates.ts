/** What changes in the templates of two cloud assemblies, by the real `cdk diff` of node_modules. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type AssemblyStack, stacksIn } from '../../lib/deployed/assembly';
import { SlipwayError } from '../../lib/model/error';
import { MIB } from '../../lib/model/units';
import { nestedDifferences } from './nested-templates';

/** A resource that is not changed where it is. */
export interface Replacement {
  /** Path or logical id, as `cdk diff` writes them. */
  readonly resource: string;
  readonly type: string;
  /** `replace`, `may be replaced`, `destroy`, `orphan`. */
  readonly effect: string;
}

export interface StackDifference {
  readonly stack: string;
  /** Whether it is in one of the assemblies alone. */
  readonly only?: 'base' | 'head';
  readonly resources: number;
  readonly replacements: readonly Replacement[];
  /** As `cdk diff` prints it. */
  readonly lines: readonly string[];
}

/**
 * The stacks that differ.
 *
 * @param base folder of the cloud assembly before
 * @throws SlipwayError E_FILE for what is no assembly; E_PLATFORM when `cdk` is not there or fails
 */
export async function templateDifferences(base: string, head: string): Promise<StackDifference[]> {
  const [old, now] = [base, head].map((folder) => new Map(stacksIn(folder).map((stack) => [stack.displayName, stack])));
  const differences: StackDifference[] = [];
  for (const stack of new Set([...now!.keys(), ...old!.keys()])) {
    const [before, after] = [old!.get(stack), now!.get(stack)];
    if (before && after) {
      if (before.text === after.text) continue;
      const lines = [...(await cdkDiff(head, before, stack)), ...nestedDifferences(before.nested, after.nested)];
      if (lines.length === 0) continue; // of metadata alone
      differences.push({ stack, resources: after.resources, replacements: replacementsOf(lines), lines });
    } else {
      const only = after ? 'head' : 'base';
      differences.push({ stack, only, resources: (after ?? before)!.resources, replacements: [], lines: [] });
    }
  }
  return differences;
}

async function cdkDiff(assembly: string, { templatePath }: AssemblyStack, stack: string): Promise<string[]> {
  let program: string;
  try {
    program = require.resolve('aws-cdk/bin/cdk');
  } catch (cause) {
    throw new SlipwayError('E_PLATFORM', 'the command of the AWS CDK is not installed: npm install aws-cdk@2.1148.1', {
      cause,
    });
  }
  // not behind "--", where cdk takes no names of stacks, and means all
  const words = [
    'diff',
    stack,
    '--exclusively',
    '--app',
    assembly,
    '--template',
    templatePath,
    '--no-color',
    '--no-notices',
  ];
  const env = { ...process.env, CDK_DISABLE_CLI_TELEMETRY: '1', CDK_DISABLE_VERSION_CHECK: '1', NO_COLOR: '1' };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...words], {
      env,
      maxBuffer: 16 * MIB,
    });
    return changedLines(`${stdout}\n${stderr}`);
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new SlipwayError('E_PLATFORM', `cdk diff of ${stack} failed`, {
      problems: stderr.trim().split('\n').slice(-5),
      cause,
    });
  }
}

/** Between the name of the stack and the count at the end. */
export function changedLines(output: string): string[] {
  const lines = output.split('\n').map((line) => line.trimEnd());
  const from = lines.findIndex((line) => line.startsWith('Stack '));
  const end = lines.findIndex((line) => line.includes('Number of stacks with differences'));
  const between = lines.slice(from + 1, end === -1 ? undefined : end);
  const told = between.filter((line, i) => line !== '' && !(i > 0 && /^\(NOTE: /.test(line)));
  return told.includes('There were no differences') ? [] : told;
}

export function replacementsOf(lines: readonly string[]): Replacement[] {
  return lines.flatMap((line) => {
    const [, type, resource, effect] =
      /^\[[-~+/]+\] (\S+) (.+?) (replace|may be replaced|destroy|orphan)$/.exec(line) ?? [];
    return type === undefined ? [] : [{ resource: resource!, type, effect: effect! }];
  });
}
