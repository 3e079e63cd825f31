/**
 * What clients call of a stage that is a function: names of the user's with certificates of callers, and CloudFront; and one that
 * comes to all requests step by step. Each is deployed, read back, deployed again with another package, and destroyed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ProofProblem } from '../problem';
import { added, census } from './census';
import { changeModel } from './changed-model';
import { checkResources } from './checks/resources';
import type { FunctionsProof } from './functions';
import { DeployedStage } from './stage';

const REGION = 'eu-west-1';
const ZONE = 'functions.example.com';
const TRUSTED = 'functions-trusted';

const STAGES = ['named', 'distributed', 'careful', 'found'] as const;

const traffic = { requestsPerSecond: 3, p99: '300ms' };
const monitoring = { notify: ['ops@example.com'] };

function stages(zoneId: string): Readonly<Record<(typeof STAGES)[number], object>> {
  const of = (more: object) => ({ region: REGION, compute: 'lambda', traffic, monitoring, ...more });
  return {
    named: of({
      domain: { name: `named.${ZONE}`, zone: ZONE, zoneId, names: [`also.${ZONE}`] },
      ipAddressType: 'dualstack',
      mutualTls: { bucket: TRUSTED, key: 'ca.pem' },
    }),
    distributed: of({ name: 'distributed', frontDoor: 'cloudfront', http: 'refuse' }),
    found: { ...of({ name: 'found', frontDoor: 'api', availability: 'single' }), compute: 'cheapest' },
    careful: of({ name: 'careful', rollout: { linear: '25 %', for: '5m' } }),
  };
}

interface Distribution {
  readonly DistributionConfig: {
    readonly Origins: { readonly Items: readonly { readonly DomainName: string }[] };
    readonly DefaultCacheBehavior: { readonly ViewerProtocolPolicy: string };
  };
}

export async function proveFunctionDoors(proof: FunctionsProof): Promise<void> {
  const { report, cdk, aws, folder, model } = proof;
  const [{ HostedZone }] = await aws.ask<[{ HostedZone: { Id: string } }]>(
    ['route53', 'create_hosted_zone', { Name: ZONE, CallerReference: ZONE }],
    ['s3', 'create_bucket', { Bucket: TRUSTED, CreateBucketConfiguration: { LocationConstraint: REGION } }],
    ['s3', 'put_object', { Bucket: TRUSTED, Key: 'ca.pem', Body: 'certificates' }],
  );
  const zoneId = HostedZone.Id.replace('/hostedzone/', '');
  const before = await census(aws);
  const other = join(folder, 'function-doors-other');
  changeModel(model, other, 5);
  const synthesised = async (name: string, of: string) => {
    const config = join(folder, `function-doors-${name}.yaml`);
    writeFileSync(config, stringify({ model: of, stages: stages(zoneId) }));
    const out = join(folder, `function-doors-${name}.out`);
    const { code, output } = await cdk.synth(out, [`slipway:config=${config}`]);
    if (code !== 0) throw new ProofProblem(`cdk synth of functions and their doors fails\n${output.trim()}`);
    return out;
  };
  const [first, second] = [await synthesised('first', model), await synthesised('second', other)];
  for (const name of STAGES) {
    const stage = new DeployedStage(name, aws);
    const stack = stage.endpoint(first);
    const deployed = await cdk.deploy(first, name, REGION);
    report.check(deployed.code === 0, `${name} is deployed by cdk deploy`, failed(deployed));
    checkResources(report, stack, await stage.created(stack), await census(aws));
    await readBack(proof, stage, first);
    const again = await cdk.deploy(second, name, REGION);
    report.check(again.code === 0, `${name} is deployed with another package`, failed(again));
    report.equal(await stage.status(stack), 'UPDATE_COMPLETE', `${stack.path}: stack status`);
  }
  for (const name of STAGES) {
    const gone = await cdk.destroy(second, name, REGION);
    report.check(gone.code === 0, `${name}: cdk destroy`, failed(gone));
  }
  const left = new Set(added(before, await census(aws)).map((what) => what.split(' ')[0]!));
  report.equal(
    [...left].sort(),
    ['AWS::Logs::LogGroup', 'AWS::Route53::RecordSet'],
    'functions and their doors: left are their logs, and the records by which certificates were validated',
  );
}

async function readBack({ report, aws }: FunctionsProof, stage: DeployedStage, out: string): Promise<void> {
  const stack = stage.endpoint(out);
  const ApiId = await stage.physicalId(stack, '/Api/Api/Resource');
  const [api] = await aws.ask<[{ DisableExecuteApiEndpoint: boolean; ApiEndpoint: string }]>([
    'apigatewayv2',
    'get_api',
    { ApiId },
  ]);
  if (stage.name === 'named') {
    report.equal(api.DisableExecuteApiEndpoint, true, 'named: nobody reaches it past the names of the user');
    for (const DomainName of [`named.${ZONE}`, `also.${ZONE}`]) {
      const [found, mappings] = await aws.ask<
        [{ MutualTlsAuthentication: { TruststoreUri: string } }, { Items: readonly { ApiId: string; Stage: string }[] }]
      >(['apigatewayv2', 'get_domain_name', { DomainName }], ['apigatewayv2', 'get_api_mappings', { DomainName }]);
      report.equal(
        [found.MutualTlsAuthentication.TruststoreUri, mappings.Items.map((one) => [one.ApiId, one.Stage])],
        [`s3://${TRUSTED}/ca.pem`, [[ApiId, '$default']]],
        `named: ${DomainName} asks callers for certificates, and leads to the HTTP API`,
      );
    }
  }
  if (stage.name === 'distributed') {
    const Id = await stage.physicalId(stack, '/Api/Distribution/Resource');
    const [found] = await aws.ask<[{ Distribution: Distribution }]>(['cloudfront', 'get_distribution', { Id }]);
    const { Origins, DefaultCacheBehavior } = found.Distribution.DistributionConfig;
    report.equal(
      [Origins.Items.map(({ DomainName }) => `https://${DomainName}`), DefaultCacheBehavior.ViewerProtocolPolicy],
      [[api.ApiEndpoint], 'https-only'],
      'distributed: CloudFront leads to the HTTP API, and refuses plain HTTP',
    );
  }
}

const failed = ({ code, output }: { readonly code: number; readonly output: string }) =>
  code === 0 ? '' : `\n${output.trim().split('\n').slice(-20).join('\n')}\n`;
