/**
 * Rules that look at templates: stages of every kind under cdk-nag's packs, the validation of aws-cdk-lib, AWS's Guard rules,
 * cfn-lint and checkov. A finding that nobody has accepted with a reason fails the proof.
 *
 *     npm run proof:validators
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { version as cdk } from 'aws-cdk-lib/package.json';
import { version as nagVersion } from 'cdk-nag/package.json';
import { CHECKOV, GUARD, isAccepted } from '../../lib/constructs/findings/accepted-findings';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { FUNCTION_VARIANTS, STAGE_VARIANTS } from '../../testing/stage-variants';
import { ProofProblem } from '../problem';
import { run } from '../process';
import { pythonEnvironment, virtualEnvironment } from '../python/environment';
import { conclude } from '../record';
import { Report } from '../report';
import { GUARD_VERSION, guardRules } from './guard';

const FOLDER = resolve('.slipway/proof-validators');

/** cfn-lint's rules that are not applied, each with the reason. */
const IGNORED = {
  W3005: 'aws-cdk-lib writes dependencies that a reference implies as well; they do no harm',
  W3010: 'zones are named where the network is one that exists',
} as const;

const pinned = (requirements: string, name: string) =>
  new RegExp(`^${name}==([\\w.]+)`, 'm').exec(readFileSync(join(__dirname, requirements), 'utf8'))![1]!;

const VERSIONS = {
  'aws-cdk-lib': cdk,
  'cdk-nag': nagVersion,
  'Guard rules': GUARD_VERSION,
  'cfn-lint': pinned('../python/requirements.txt', 'cfn-lint'),
  checkov: pinned('requirements.txt', 'checkov'),
};

async function nag(...words: string[]): Promise<string[]> {
  const command = [process.execPath, ...TYPESCRIPT, join(__dirname, 'app.ts'), ...words];
  const { code, output } = await run(command, { env: { ...process.env, NODE_NO_WARNINGS: '1' } });
  if (code !== 0) throw new ProofProblem(output.trim());
  const findings = output.split('\n').filter((line) => /^[\w.:[\]*-]+ \S+\/\S+$/.test(line));
  return [...new Set(findings)];
}

interface CheckovReport {
  readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[] };
  readonly summary: { readonly passed: number };
}

function templates(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.template.json'))
    .map((path) => join(folder, path));
}

async function checkov(report: Report, files: readonly string[]): Promise<void> {
  const directory = resolve('.slipway/proof-checkov-venv');
  const requirements = join(__dirname, 'requirements.txt');
  await virtualEnvironment({ requirements, directory, contents: 'checkov' }, (text) => console.log(`  ${text}`));
  const { output } = await run([
    join(directory, 'bin/python'),
    join(directory, 'bin/checkov'),
    ...['--framework', 'cloudformation', '--compact', '--quiet', '--skip-download', '--output', 'json'],
    ...files.flatMap((file) => ['--file', file]),
  ]);
  const { results, summary } = JSON.parse(output.slice(output.indexOf('{'))) as CheckovReport;
  const found = results.failed_checks.filter(({ check_id, resource }) => !isAccepted(CHECKOV, check_id, resource));
  report.check(summary.passed > 500, 'checkov looked', `${summary.passed} passed`);
  report.check(
    found.length === 0,
    'and found nothing that is not accepted',
    found.map((one) => `${one.check_id} ${one.resource}`).join('; '),
  );
}

async function main(): Promise<number> {
  const report = new Report(console.log);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  report.section("cdk-nag, the validation of aws-cdk-lib, AWS's Guard rules");
  const rules = await guardRules(resolve('.slipway/proof-guard-rules'), (text) => console.log(`  ${text}`));
  const findings = await nag(FOLDER, rules);
  const found = findings.filter((finding) => !isAccepted(GUARD, ...(finding.split(' ') as [string, string])));
  report.check(
    found.length === 0,
    `nothing that is not accepted on ${1 + Object.keys(STAGE_VARIANTS).length + Object.keys(FUNCTION_VARIANTS).length} stages, one of them of several models`,
    found.join('\n'),
  );
  const unused = GUARD.flatMap(({ checks }) => checks).filter(
    (check) => !findings.some((one) => one.startsWith(check)),
  );
  report.equal(unused, [], 'every finding of a Guard rule that is accepted is there');
  const faulty = await nag(join(FOLDER, 'faulty'), rules, '--faulty');
  for (const [pack, rule] of Object.entries({
    AwsSolutions: 'AwsSolutions',
    'NIST.800.53.R5': 'NIST.800.53.R5',
    'HIPAA.Security': 'HIPAA.Security',
    'PCI.DSS.321': 'PCI.DSS.321',
    'the Guard rules': 's3_bucket_level_public_access_prohibited_check',
  })) {
    report.check(
      faulty.some((finding) => finding.startsWith(rule)),
      `a faulty bucket is found by ${pack}`,
    );
  }
  const files = templates(join(FOLDER, 'assembly'));
  report.section('cfn-lint');
  const python = await pythonEnvironment((text) => console.log(`  ${text}`));
  const lint = await run([python.cfnLint, '--ignore-checks', Object.keys(IGNORED).join(','), '--', ...files]);
  report.check(lint.code === 0, `has nothing to say about ${files.length} templates`, lint.output.trim().slice(-4000));
  report.section('checkov');
  await checkov(report, files);
  return conclude('validators', report, { versions: VERSIONS }) ? 0 : 1;
}

main().then(
  (status) => process.exit(status),
  (error) => {
    console.error(error instanceof ProofProblem ? error.message : error);
    process.exit(2);
  },
);
