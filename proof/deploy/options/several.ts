/** Options of several models: behind a listener that was there, with versions at the door and in a fleet, deployed and destroyed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeListenerCertificatesCommand, DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { stringify } from 'yaml';
import { ProofProblem } from '../../problem';
import { byType } from '../assembly';
import { added, census } from '../census';
import { checkResources } from '../checks/resources';
import { DeployedStage } from '../stage';
import { type Given, ZONE } from './given';
import type { OptionsProof } from './prove';
import { Seen } from './seen';
import { REGION } from './stages';

const STAGE = 'several';
const NAME = `several.${ZONE}`;
const HOST = `iris.${ZONE}`;
/** Of rules that the listener is said to have. */
const STATED = { priority: 3000, path: '/*' };

export async function proveSeveral(proof: OptionsProof, given: Given, other: string): Promise<void> {
  const { report, cdk, aws } = proof;
  const rulesBefore = await rulesOf(proof, given);
  const before = await census(aws);
  const out = await synthesise(proof, given, other);
  const { code, output } = await cdk.deploy(out, STAGE, REGION);
  report.check(code === 0, `${STAGE} is deployed by cdk deploy`, code === 0 ? '' : output.trim().slice(-2000));
  const stage = new DeployedStage(STAGE, aws);
  const existing = await census(aws);
  for (const stack of stage.stacks(out)) {
    report.equal(await stage.status(stack), 'CREATE_COMPLETE', `${stack.path}: stack status`);
    checkResources(report, stack, await stage.created(stack), existing);
    for (const nested of await stage.within(stack)) {
      checkResources(report, nested, await stage.created(nested), existing);
    }
  }
  const seen = new Seen(report, given, stage, out);
  seen.equal(
    stage.stacks(out).flatMap((stack) => byType(stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer')),
    [],
    'no load balancer is made',
  );
  const rules = (await rulesOf(proof, given)).filter(({ arn }) => !rulesBefore.some((rule) => rule.arn === arn));
  const conditions = (path: string) => `${NAME} ${path} ${path}/*`;
  seen.equal(
    rules.map(({ values }) => values).sort(),
    // of a canary a rule before its own; of a model on a fleet one before it and one after it
    [
      conditions('/titanic'),
      `${conditions('/titanic')} header`,
      HOST,
      HOST,
      conditions('/triage'),
      conditions('/triage'),
    ].sort(),
    'the listener that was there has a rule of each model, by its path or its name',
  );
  const priorities = rules.map(({ priority }) => priority);
  seen.equal(
    [new Set(priorities).size, priorities.every((priority) => priority < STATED.priority)],
    [priorities.length, true],
    'each has a priority of its own, before that which is said to take everything',
  );
  const target = await seen.id('/FrontDoor/Targets/Resource', 'titanic');
  seen.equal(
    rules.find(({ values }) => values === conditions('/titanic'))?.targets,
    [target, await seen.id('/Canary/Targets/Resource', 'titanic')],
    'which leads to its own target group, and to that of its canary',
  );
  const { Certificates = [] } = await aws.elb.send(
    new DescribeListenerCertificatesCommand({ ListenerArn: given.listener }),
  );
  seen.equal(Certificates.length, 3, 'the listener has the certificate that it had, and one for each of the two names');
  seen.equal(
    await seen.records(given.zone, [NAME, HOST]),
    [NAME, HOST].sort().map((name) => [`${name} A`, `dualstack.${given.balancerName}`]),
    'both names lead to the load balancer that was there',
  );
  const gone = await cdk.destroy(out, STAGE, REGION);
  report.check(gone.code === 0, `${STAGE}: cdk destroy`, gone.code === 0 ? '' : gone.output.trim().slice(-2000));
  seen.equal(await rulesOf(proof, given), rulesBefore, 'the listener has the rules that it had');
  const left = added(before, await census(aws)).map((what) => what.split(' ')[0]!);
  seen.equal(
    left.filter((type) => type !== 'AWS::Route53::RecordSet').sort(),
    ['AWS::Logs::LogGroup', 'AWS::Logs::LogGroup'],
    'left are the logs of the model and of the fleet alone',
  );
}

async function rulesOf({ aws }: OptionsProof, { listener }: Given) {
  const { Rules = [] } = await aws.elb.send(new DescribeRulesCommand({ ListenerArn: listener }));
  return Rules.filter(({ IsDefault }) => !IsDefault).map(({ RuleArn, Priority, Conditions = [], Actions = [] }) => ({
    arn: RuleArn!,
    priority: Number(Priority),
    values: Conditions.flatMap(({ HostHeaderConfig, PathPatternConfig, Values, HttpHeaderConfig }) =>
      HttpHeaderConfig ? ['header'] : (HostHeaderConfig?.Values ?? PathPatternConfig?.Values ?? Values ?? []),
    ).join(' '),
    targets: Actions.flatMap(
      ({ TargetGroupArn, ForwardConfig }) =>
        ForwardConfig?.TargetGroups?.map((group) => group.TargetGroupArn) ?? [TargetGroupArn],
    ),
  }));
}

/** One model at the door with versions and a canary, and two on a fleet, one of them with versions and a name of its own. */
async function synthesise({ folder, model, cdk }: OptionsProof, given: Given, other: string): Promise<string> {
  const versions = [
    { name: '1', weight: '90 %' },
    { name: '2', model: other, weight: '10 %' },
  ];
  const stage = {
    region: REGION,
    availability: 'single',
    traffic: { requestsPerSecond: 20, p99: '100ms' },
    monitoring: { notify: ['ops@example.com'] },
    domain: { name: NAME, zone: ZONE, zoneId: given.zone },
    network: {
      vpcId: given.vpc,
      availabilityZones: given.zones,
      publicSubnetIds: given.public,
      privateSubnetIds: given.private,
    },
    listener: {
      arn: given.listener,
      securityGroup: given.listenerGroup,
      dnsName: given.balancerName,
      zoneId: given.balancerZone,
      rules: [STATED],
    },
    fleets: { small: ['iris', 'triage'] },
  };
  const models = {
    titanic: { model, versions, rollout: { canary: '5 %', for: '10m' } },
    iris: { model, host: HOST, versions },
    triage: { model },
  };
  const config = join(folder, 'several.yaml');
  writeFileSync(config, stringify({ models, stages: { [STAGE]: stage } }));
  const out = join(folder, 'several.out');
  const { code, output } = await cdk.synth(out, [`slipway:config=${config}`]);
  if (code !== 0) throw new ProofProblem(`cdk synth of several models behind a listener fails\n${output.trim()}`);
  return out;
}
