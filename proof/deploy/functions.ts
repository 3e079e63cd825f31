/**
 * A stage that is a function of Lambda: deployed, changed to another package, to one that is found wrong, and destroyed. Which
 * version clients get to is asked of the service each time.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CLOCK } from '../../lambda/verification/checks';
import { lambdaApi } from '../../lambda/verification/lambda-api';
import { ShiftWorld } from '../../lambda/verification/shift-world';
import { loadConfig } from '../../lib/config/load';
import { planFunction } from '../../lib/config/plan-function';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import type { ShiftSettings } from '../../lib/model/stage/deployment';
import type { FunctionPlan } from '../../lib/sizing';
import { ProofProblem } from '../problem';
import type { Report } from '../report';
import { byPath } from './assembly';
import type { Aws } from './aws';
import type { Cdk } from './cdk';
import { added, census } from './census';
import { changeModel } from './changed-model';
import { checkResources } from './checks/resources';
import type { Emulator } from './emulator';
import { Slipway } from './slipway';
import { DeployedStage } from './stage';

const STAGE = 'served';
const NAME = 'served'; // without hyphens, so that its stack is named after it alone
const REGION = 'eu-west-1';

export interface FunctionsProof {
  readonly report: Report;
  readonly cdk: Cdk;
  readonly aws: Aws;
  /** For configurations and assemblies. */
  readonly folder: string;
  /** Folder of the package that is served at first. */
  readonly model: string;
}

interface Assembly {
  readonly config: string;
  readonly out: string;
  readonly plan: FunctionPlan;
  readonly digest: string;
}

export async function proveFunctions(proof: FunctionsProof, emulator: Emulator): Promise<void> {
  const { report, cdk, aws, folder, model } = proof;
  const before = await census(aws);
  const [other, wrong] = ['other', 'wrong'].map((name) => join(folder, `functions-${name}`)) as [string, string];
  changeModel(model, other, 5);
  changeModel(model, wrong, 7);
  const [first, second, third] = [
    await assembly(proof, 'first', model),
    await assembly(proof, 'second', other),
    await assembly(proof, 'third', wrong),
  ];
  const stage = new DeployedStage(STAGE, aws);
  const stack = stage.endpoint(first.out);
  report.equal(stage.stacks(first.out).length, 1, `${STAGE}: it is one stack`);

  const deployed = await cdk.deploy(first.out, STAGE, REGION);
  report.check(deployed.code === 0, `${STAGE} is deployed by cdk deploy`, failed(deployed));
  report.equal(await stage.status(stack), 'CREATE_COMPLETE', `${stack.path}: stack status`);
  checkResources(report, stack, await stage.created(stack), await census(aws));
  const FunctionName = await stage.physicalId(stack, '/Served/Function/Resource');
  const live = async (): Promise<string> => {
    const [alias] = await aws.ask<[{ FunctionVersion: string }]>([
      'lambda',
      'get_alias',
      { FunctionName, Name: 'live' },
    ]);
    return alias.FunctionVersion;
  };
  const ApiId = await stage.physicalId(stack, '/Api/Api/Resource');
  const [settings, limit] = await aws.ask<
    [{ MemorySize: number; Handler: string; Runtime: string }, { DefaultRouteSettings: object }]
  >(
    ['lambda', 'get_function_configuration', { FunctionName }],
    ['apigatewayv2', 'get_stage', { ApiId, StageName: '$default' }],
  );
  report.equal(
    [settings.MemorySize, settings.Handler, settings.Runtime],
    [first.plan.memoryMB, 'index.handler', 'nodejs24.x'],
    `${STAGE}: the function has the memory of the plan`,
  );
  report.equal(
    limit.DefaultRouteSettings,
    {
      ThrottlingBurstLimit: first.plan.limit.burst,
      ThrottlingRateLimit: first.plan.limit.requestsPerSecond,
    },
    `${STAGE}: the HTTP API has the limit of the plan`,
  );
  const atFirst = await live();

  const changed = await cdk.deploy(second.out, STAGE, REGION);
  report.check(changed.code === 0, `${STAGE} is deployed with another package`, failed(changed));
  report.equal(await stage.status(stack), 'UPDATE_COMPLETE', `${stack.path}: stack status`);
  const then = await live();
  report.check(
    then !== atFirst,
    `${STAGE}: clients get to another version, behind the same address`,
    then === atFirst ? `still ${then}` : '',
  );
  report.equal(await stage.physicalId(stack, '/Api/Api/Resource'), ApiId, `${STAGE}: the HTTP API is the same`);
  await proveShift(report, { emulator, aws, FunctionName, version: atFirst });

  // the logical id of what invokes the new version, which here finds it wrong
  emulator.fail(byPath(stack, '/Verification/Verified/Default'));
  const refused = await cdk.deploy(third.out, STAGE, REGION);
  emulator.fail([]);
  report.check(
    refused.code !== 0,
    `${STAGE}: a package that is found wrong fails the deployment`,
    refused.code === 0 ? 'it succeeds' : '',
  );
  report.equal(await stage.status(stack), 'UPDATE_ROLLBACK_COMPLETE', `${stack.path}: stack status`);
  report.equal(await live(), then, `${STAGE}: and no client has got to it`);

  await commands(proof, emulator, second, third);
  const gone = await cdk.destroy(third.out, STAGE, REGION);
  report.check(gone.code === 0, `${STAGE}: cdk destroy`, failed(gone));
  const left = added(before, await census(aws)).map((what) => what.split(' ')[0]!);
  report.equal(
    left.sort(),
    ['AWS::KMS::Key', 'AWS::Logs::LogGroup'],
    `${STAGE}: left are the log of the function, and the key by which it is read`,
  );
}

interface Shifted {
  readonly emulator: Emulator;
  readonly aws: Aws;
  readonly FunctionName: string;
  /** That gets a part of the requests. */
  readonly version: string;
}

/** What a rollout does with the alias, by the very code that does it: Lambda is asked afterwards who gets what. */
async function proveShift(report: Report, { emulator, aws, FunctionName, version }: Shifted): Promise<void> {
  const settings: ShiftSettings = {
    ...{ shares: [5], holdSeconds: 180, bootSeconds: 60, alarm: 'none' },
    ...{ function: FunctionName, alias: 'live', version },
  };
  const { config } = aws.cloudFormation;
  const call = lambdaApi({ ...config, origin: emulator.url });
  const world = new ShiftWorld(settings, NAME, { call, metrics: aws.cloudWatch }, CLOCK);
  const weights = async () => {
    const [alias] = await aws.ask<[{ RoutingConfig?: { AdditionalVersionWeights?: object } }]>([
      'lambda',
      'get_alias',
      { FunctionName, Name: 'live' },
    ]);
    return alias.RoutingConfig?.AdditionalVersionWeights ?? {};
  };
  const seen = await world.see({ phase: 'raise', step: 0, since: 0 });
  report.equal(
    [seen.main.healthy, seen.canary.healthy],
    [1, 1],
    `${STAGE}: a rollout finds two versions to hold together`,
  );
  await world.give(5);
  report.equal(await weights(), { [version]: 0.05 }, `${STAGE}: a rollout gives one of them 5 % of the requests`);
  await world.withdraw();
  report.equal(await weights(), {}, `${STAGE}: and takes them away again`);
}

/** Day two, after the deployment that failed. */
async function commands(proof: FunctionsProof, emulator: Emulator, now: Assembly, wrong: Assembly): Promise<void> {
  const { report } = proof;
  const slipway = new Slipway(emulator, wrong.config);
  const says = async (status: number, words: readonly string[], expected: readonly string[]) => {
    const { code, output } = await slipway.run(...words);
    const missing = expected.filter((text) => !output.includes(text));
    const said = code === status && missing.length === 0;
    const instead = `status ${code}, without ${missing.join(' | ')}\n${output.trim().slice(-1500)}`;
    report.check(said, `${STAGE}: slipway ${words.join(' ')}`, said ? '' : instead);
  };
  await says(
    1,
    ['status', '--stage', STAGE],
    [
      `${NAME}-endpoint`,
      'is UPDATE_ROLLBACK_COMPLETE',
      now.digest.slice(0, 12),
      `the plan has ${now.plan.memoryMB} MB`,
    ],
  );
  await says(1, ['why', '--stage', STAGE], ['because the proof asked for it', 'next: ']);
  await says(0, ['logs', '--stage', STAGE], ['has no such line']);
  await says(2, ['compare', '--stage', STAGE], ['is a function of AWS Lambda (compute: lambda) and has no instances']);
}

async function assembly({ folder, model: first, cdk }: FunctionsProof, name: string, model: string): Promise<Assembly> {
  const config = join(folder, `functions-${name}.yaml`);
  const stage = {
    region: REGION,
    compute: 'lambda',
    name: NAME,
    traffic: { requestsPerSecond: 3, p99: '300ms' },
    monitoring: { notify: ['ops@example.com'] },
    encryptionKey: 'stage',
    access: { origins: ['https://page.example.com'] },
  };
  writeFileSync(config, stringify({ model, stages: { [STAGE]: stage } }));
  const out = join(folder, `functions-${name}.out`);
  const { code, output } = await cdk.synth(out, [`slipway:config=${config}`]);
  if (code !== 0) throw new ProofProblem(`cdk synth of a function fails, ${first}\n${output.trim()}`);
  const read = loadConfig(config);
  const modelPackage = readModelPackage(model);
  const plan = planFunction(read, read.stages[0]!, {
    profile: readProfile(modelPackage),
    manifest: modelPackage.manifest,
  });
  return { config, out, plan, digest: modelPackage.digest };
}

const failed = ({ code, output }: { readonly code: number; readonly output: string }) =>
  code === 0 ? '' : `\n${output.trim().split('\n').slice(-20).join('\n')}\n`;
