/** Rules that look at templates and not at a deployment: cfn-lint, cdk-nag, and aws-cdk-lib's own validation. */

import { join } from 'node:path';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { run } from '../process';
import type { PythonEnvironment } from '../python/environment';
import type { Report } from '../report';
import { stageStacks } from './assembly';
import type { Cdk } from './cdk';

/** cfn-lint's rules that are not applied, each with the reason. */
const IGNORED: Readonly<Record<string, string>> = {
  W3005: 'aws-cdk-lib writes dependencies that a reference implies as well; they do no harm',
};

export async function checkWithCfnLint(
  report: Report,
  python: PythonEnvironment,
  assembly: string,
  stages: readonly string[],
): Promise<void> {
  for (const stage of stages) {
    const stacks = stageStacks(assembly, stage).flatMap((stack) => [stack, ...stack.nested.values()]);
    const files = stacks.map((stack) => stack.file);
    const ignored = Object.keys(IGNORED).join(',');
    const { code, output } = await run([python.cfnLint, '--ignore-checks', ignored, '--', ...files]);
    report.check(code === 0, `${stage}: cfn-lint has nothing to say about ${files.length} templates`, output.trim());
  }
}

/** Synthesise with all rules as errors, and see that the rules find what is wrong on purpose. */
export async function checkWithNag(report: Report, cdk: Cdk, folder: string, config: string): Promise<void> {
  const app = `${process.execPath} ${TYPESCRIPT.join(' ')} ${join(__dirname, 'nag-app.ts')}`;
  const stages = await cdk.synth(join(folder, 'nag.out'), [`slipway:config=${config}`], app, true);
  report.check(
    stages.code === 0,
    'cdk-nag AwsSolutions and the built-in validation find nothing unacknowledged, on any stage',
    stages.code === 0 ? '' : stages.output.trim().split('\n').slice(-40).join('\n'),
  );
  const faulty = await cdk.synth(join(folder, 'faulty.out'), ['proof:faulty=yes'], app, true);
  report.check(
    faulty.code !== 0 && faulty.output.includes('AwsSolutions-S10'),
    'cdk-nag finds a bucket that takes requests without TLS',
  );
  report.check(
    faulty.code !== 0 && faulty.output.includes('E3676'),
    'the built-in validation finds an HTTPS listener without a certificate',
  );
}
