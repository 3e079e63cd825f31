/** What the CDK refuses, told as a mistake in slipway.yaml with its line; a fault of ours stays one. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Errors } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { SlipwayConfig } from '../config/config';
import { atPath } from '../config/located';
import { type ErrorCode, SlipwayError } from '../model/error';
import { fileError } from '../model/files/file-error';
import { excerpt } from '../model/text/quote';

/** Codes of what is wrong with the stage or does not fit it; others are about this machine. */
const ABOUT_THE_STAGE: ReadonlySet<ErrorCode> = new Set(['E_CONFIG', 'E_PACKAGE']);

/**
 * Make the constructs of a stage.
 *
 * @throws SlipwayError E_CONFIG with the line of the stage when the CDK refuses one; E_CONFIG and E_PACKAGE of its own with that line too
 */
export function inStage<T>(config: SlipwayConfig, stage: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (SlipwayError.is(error))
      throw ABOUT_THE_STAGE.has(error.code) ? atPath(config, ['stages', stage], error) : error;
    const [text] = refusals(error) ?? [];
    if (text === undefined) throw error;
    throw new SlipwayError('E_CONFIG', `${whereIs(config, stage)} ${text.reason}`, { cause: error });
  }
}

/**
 * Write the cloud assembly.
 *
 * @throws SlipwayError E_CONFIG with all that the checks of the CDK find, or that a template is larger than CloudFormation
 *   takes, each with the line of its stage; E_FILE when the folder of the assembly cannot be written
 */
export function synthesise(app: App, config: SlipwayConfig): void {
  let assembly: CloudAssembly;
  try {
    assembly = app.synth();
  } catch (error) {
    if (Errors.isConstructError(error) && error.name === 'ValidationFailed') {
      throw failure(config, reported(app.outdir), error);
    }
    const found = refusals(error);
    if (found) throw failure(config, found, error);
    throw fileError((error as NodeJS.ErrnoException).path ?? app.outdir, 'written', error);
  }
  const large = tooLarge(assembly);
  if (large.length > 0) throw failure(config, large);
}

/** CloudFormation quotas, "Template body size in an S3 object": 1 MB. The CDK holds the 500 resources, and not this. */
const MOST_TEMPLATE_BYTES = 1_000_000;

function tooLarge({ stacksRecursively }: CloudAssembly): Refusal[] {
  return stacksRecursively.flatMap(({ templateFullPath, stackName, hierarchicalId: construct }) => {
    const { size } = statSync(templateFullPath);
    if (size <= MOST_TEMPLATE_BYTES) return [];
    const reason = `cannot be deployed: the template of ${stackName} has ${size} bytes, and CloudFormation takes ${MOST_TEMPLATE_BYTES}; spread its models over more fleets, or take monitoring: lean`;
    return [{ construct, reason }];
  });
}

/** Characters of a message of the CDK, which may quote a value. */
const MOST_OF_A_REASON = 600;

interface Refusal {
  readonly reason: string;
  /** Path of the construct; begins with the stage. */
  readonly construct: string;
}

function failure(config: SlipwayConfig, refusals: readonly Refusal[], cause?: unknown): SlipwayError {
  const problems = refusals.map(({ construct, reason }) => `${whereIs(config, construct.split('/')[0]!)} ${reason}`);
  return new SlipwayError('E_CONFIG', 'the stacks cannot be deployed as they are', { problems, cause });
}

function whereIs(config: SlipwayConfig, stage: string): string {
  if (!config.stages.some(({ name }) => name === stage)) return 'a stack';
  const path = ['stages', stage];
  return config.where ? `${config.where(path)}: ${path.join('.')}` : path.join('.');
}

/** What an error of the CDK refuses; undefined for an error that no value of a user's leads to. */
function refusals(error: unknown): Refusal[] | undefined {
  if (Errors.isConstructError(error)) {
    if (Errors.isAssumptionError(error)) return undefined; // the CDK's name for a fault of its own
    const [first, ...lines] = error.message.split('\n');
    const each = lines.flatMap((line) => {
      const match = /^\s*\[([^\]]*)\] (.*)$/.exec(line);
      return match ? [{ construct: match[1]!, reason: `cannot be deployed: ${match[2]}` }] : [];
    });
    if (each.length > 0) return each;
    return [
      { construct: error.constructPath ?? '', reason: `is refused by the CDK: ${excerpt(first!, MOST_OF_A_REASON)}` },
    ];
  }
  // the library "constructs" has no class of errors
  if (!(error instanceof Error) || !error.message.startsWith('There is already a Construct with name'))
    return undefined;
  return [{ construct: '', reason: `is refused by the CDK: ${error.message}` }];
}

interface ValidationReport {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly severity: string;
      readonly violatingConstructs: readonly { readonly constructPath?: string }[];
    }[];
  }[];
}

/** The errors of the validation of templates; it prints them as well, without lines of slipway.yaml. */
function reported(directory: string): Refusal[] {
  const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')) as ValidationReport;
  return report.pluginReports.flatMap(({ violations }) =>
    violations
      .filter(({ severity }) => severity === 'error' || severity === 'fatal')
      .flatMap(({ ruleName, description, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath = '' }) => ({
          construct: constructPath,
          reason: `would be refused by CloudFormation: ${description} (rule ${ruleName}, ${constructPath})`,
        })),
      ),
  );
}
