/** The real `cdk` of node_modules, pointed at the emulator. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Finished, run } from '../process';
import { ACCOUNT, type Emulator } from './emulator';

const CONCURRENTLY = ['--concurrency', '4'];

export class Cdk {
  private readonly cli = join(dirname(require.resolve('aws-cdk/package.json')), 'bin/cdk');

  /** @param home for what the CLI keeps for itself, so that the user's own is not touched */
  constructor(
    private readonly emulator: Emulator,
    private readonly home: string,
  ) {
    mkdirSync(home, { recursive: true });
  }

  /** Bootstrap outside the project: nothing is synthesised. */
  bootstrap(region: string): Promise<Finished> {
    return this.cdk(['bootstrap', '--app', '', `aws://${ACCOUNT}/${region}`], region, this.home);
  }

  /**
   * Synthesise into the folder `out`. Validation is a check of its own, and takes seconds.
   *
   * @param context `-c key=value`
   * @param app command in place of the one in cdk.json
   */
  synth(out: string, context: readonly string[], app?: string, validate = false): Promise<Finished> {
    const options = context.flatMap((entry) => ['-c', entry]);
    if (app) options.push('--app', app);
    if (!validate) options.push('--no-validation');
    return this.cdk(['synth', '--quiet', '--no-lookups', '--output', out, ...options]);
  }

  /** Deploy a stage of an assembly that was synthesised before. */
  deploy(assembly: string, stage: string, region: string): Promise<Finished> {
    const options = ['--no-validation', '--require-approval', 'never', '--progress', 'events'];
    return this.cdk(['deploy', `${stage}/*`, '--app', assembly, ...options], region);
  }

  /** Deploy what a pattern selects of an assembly, several stacks at a time. */
  deployAll(assembly: string, pattern: string, region: string): Promise<Finished> {
    const options = ['--no-validation', '--require-approval', 'never', '--progress', 'events', ...CONCURRENTLY];
    return this.cdk(['deploy', pattern, '--app', assembly, ...options], region);
  }

  destroyAll(assembly: string, pattern: string, region: string): Promise<Finished> {
    return this.cdk(['destroy', pattern, '--app', assembly, '--force', ...CONCURRENTLY], region);
  }

  /** What a deployment would change, told from the deployed template; exits with 1 where that is anything. */
  diff(assembly: string, stage: string, region: string): Promise<Finished> {
    return this.cdk(['diff', `${stage}/*`, '--app', assembly, '--method=template', '--fail'], region);
  }

  /** One stack of it, and what nothing else needs. */
  destroyOnly(assembly: string, stack: string, region: string): Promise<Finished> {
    return this.cdk(['destroy', stack, '--exclusively', '--app', assembly, '--force'], region);
  }

  destroy(assembly: string, stage: string, region: string): Promise<Finished> {
    return this.cdk(['destroy', `${stage}/*`, '--app', assembly, '--force'], region);
  }

  private cdk(command: readonly string[], region = 'us-east-1', cwd?: string): Promise<Finished> {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ...this.emulator.environment,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_PAGER: '',
      CDK_HOME: this.home,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: '1',
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
      NODE_NO_WARNINGS: '1',
    };
    for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) {
      delete env[name];
    }
    return run([process.execPath, this.cli, ...command], { env, ...(cwd && { cwd }) });
  }
}
