/**
 * Stages of every kind under cdk-nag's packs and the validation of aws-cdk-lib with AWS's Guard rules, each finding an error.
 * Writes its assembly to the folder that it is given, and prints the findings that nobody has acknowledged, one a line; with
 * the folder of the rules as the second word.
 *
 * With `--faulty` it is a stack instead that breaks a rule of each pack, to see that they look.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { loadConfig } from '../../lib/config/load';
import { addStages, slipwayApp } from '../../lib/stacks/slipway-app';
import { MODELS, modelsConfig } from '../../testing/many-models';
import { FUNCTION_VARIANTS, STAGE_VARIANTS, variantsConfig } from '../../testing/stage-variants';
import { readGuardRules } from './guard';

const TRIED = 'rollout: { canary: 5 %, for: 10m }';
const FLEETS = 'fleets: { small: [billing, staffing] }';
const [folder, rules, faulty] = process.argv.slice(2) as [string, string, string | undefined];
const files = join(folder, 'files');
mkdirSync(join(files, 'handler'), { recursive: true });
writeFileSync(join(files, 'handler/handler.cjs'), 'stands in for the handler');
writeFileSync(join(files, 'node.tgz'), 'stands in for Node.js');
const { context } = JSON.parse(readFileSync(join(__dirname, '../../cdk.json'), 'utf8'));
const outdir = join(folder, 'assembly');
const app = slipwayApp({ outdir, context });
const packs = [AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks];
const guard = new CloudFormationValidatePlugin({ guardRules: readGuardRules(rules) });
Validations.of(app).addPlugins(...packs.map((Pack) => new Pack(app)), guard);
if (faulty) {
  new Bucket(new Stack(app, 'Faulty'), 'Bucket');
} else {
  const runtime = { path: join(files, 'node.tgz'), version: '24.0.0', sha256: '0'.repeat(64) };
  const stages = { ...STAGE_VARIANTS, ...FUNCTION_VARIANTS };
  const together = { billing: TRIED, staffing: TRIED };
  for (const config of [variantsConfig(stages), modelsConfig({ ...MODELS, ...together }, FLEETS)]) {
    addStages(app, loadConfig(config), { runtime, handler: join(files, 'handler') });
  }
}
try {
  app.synth();
} catch (error) {
  if ((error as Error).name !== 'ValidationFailed') throw error;
}

interface Finding {
  readonly ruleName: string;
  readonly violatingConstructs: readonly { readonly constructPath?: string }[];
}
const report = join(outdir, 'validation-report.json');
const { pluginReports } = existsSync(report)
  ? (JSON.parse(readFileSync(report, 'utf8')) as { pluginReports: { violations: Finding[] }[] })
  : { pluginReports: [] };
for (const { ruleName, violatingConstructs } of pluginReports.flatMap(({ violations }) => violations)) {
  for (const { constructPath } of violatingConstructs) process.stdout.write(`${ruleName} ${constructPath}\n`);
}
