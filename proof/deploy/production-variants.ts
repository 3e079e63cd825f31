/** An app with `addVariant`, deployed: a variant comes, another, and one goes, and nothing else is touched. */
import { join } from 'node:path';
import { DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { variantPriority } from '../../lib/constructs/variant-priority';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { MAIN_VARIANT } from '../../lib/model/stage/variant';
import { ProofProblem } from '../problem';
import { added, census } from './census';
import { checkResources } from './checks/resources';
import type { ModelsProof } from './models';
import { DeployedStage } from './stage';

const STAGE = 'variants';
const REGION = 'eu-west-1';

type Weights = Readonly<Record<string, number>>;

/** Of the load balancer: its priority, what it asks a request for, and the weights of target groups by their ARN. */
type Rule = readonly [priority: number, asks: string, weights: readonly string[]];

const told = (weights: readonly (readonly [arn: string, weight: number])[]) =>
  weights.map((each) => each.join(' ')).sort();

async function rules({ aws }: ModelsProof, listener: string): Promise<Rule[]> {
  const { Rules = [] } = await aws.elb.send(new DescribeRulesCommand({ ListenerArn: listener }));
  return Rules.filter(({ IsDefault }) => !IsDefault)
    .map(({ Priority, Conditions = [], Actions = [] }): Rule => {
      const [of] = Conditions.map((one) => one.HttpHeaderConfig?.Values ?? one.PathPatternConfig?.Values ?? one.Values);
      const [action] = Actions;
      const groups = action?.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action?.TargetGroupArn, Weight: 1 }];
      const weights = groups.map(({ TargetGroupArn, Weight }) => [TargetGroupArn ?? '', Weight ?? 1] as const);
      return [Number(Priority), (of ?? []).join(' '), told(weights)];
    })
    .sort(([a], [b]) => a - b);
}

/** @returns the folder of the assembly */
async function synthesised({ model, zoneId, folder, cdk }: ModelsProof, variants: Weights): Promise<string> {
  const out = join(folder, `variants-${Object.keys(variants).join('-') || 'none'}.out`);
  const app = `${process.execPath} ${TYPESCRIPT.join(' ')} ${join(__dirname, 'production-variants-app.ts')}`;
  const given = { stage: STAGE, region: REGION, model, zone: zoneId, variants: JSON.stringify(variants) };
  const context = Object.entries(given).map(([key, value]) => `proof:${key}=${value}`);
  const { code, output } = await cdk.synth(out, context, app);
  if (code !== 0) throw new ProofProblem(`cdk synth of an app with variants fails\n${output.trim()}`);
  return out;
}

export async function proveVariants(proof: ModelsProof): Promise<void> {
  const { report, aws, cdk } = proof;
  const before = await census(aws);
  const stage = new DeployedStage(STAGE, aws);
  const alone = await synthesised(proof, {});
  const first = stage.endpoint(alone);

  const deployed = async (weights: Weights, how: string) => {
    const out = await synthesised(proof, weights);
    const { code, output } = await cdk.deploy(out, STAGE, REGION);
    report.check(code === 0, `${STAGE} ${how} by cdk deploy`, code === 0 ? '' : output.trim().slice(-2000));
    const now = stage.endpoint(out);
    const group = (name: string) =>
      stage.physicalId(now, name ? `/Variant${name}/Targets/Resource` : '/FrontDoor/Targets/Resource');
    const names = Object.keys(weights);
    const groups = await Promise.all(['', ...names].map(group));
    const [main = '', ...others] = groups;
    const rest = Object.values(weights).reduce((left, weight) => left - weight, 100);
    const named = names.map((name, i): Rule => [variantPriority(name), name, told([[others[i]!, 1]])]);
    report.equal(
      await rules(proof, await stage.physicalId(now, '/FrontDoor/LoadBalancer/Https/Resource')),
      names.length === 0
        ? []
        : [
            [4, MAIN_VARIANT, told([[main, 1]])],
            ...named.sort(([a], [b]) => a - b),
            [50_000, '/*', told([[main, rest], ...names.map((name, i) => [others[i]!, weights[name]!] as const)])],
          ],
      `${STAGE}: the listener divides requests as ${JSON.stringify(weights)} says, and knows each by its name`,
    );
    return { out, now, created: await stage.created(now) };
  };

  const one = await deployed({}, 'is deployed with one model');
  report.equal(await stage.status(first), 'CREATE_COMPLETE', `${STAGE}: stack status`);
  const two = await deployed({ challenger: 10 }, 'is deployed with a variant');
  checkResources(report, two.now, two.created, await census(aws));
  const three = await deployed({ challenger: 10, newcomer: 5 }, 'is deployed with another variant');
  const last = await deployed({ newcomer: 5 }, 'is deployed without the first variant');
  for (const [what, from, to] of [
    ['a variant that comes', one, two],
    ['another that comes', two, three],
    ['a variant that goes', three, last],
  ] as const) {
    const kept = [...from.created].filter(([id]) => to.created.has(id));
    report.equal(
      kept.filter(([id, { physicalId }]) => to.created.get(id)!.physicalId !== physicalId).map(([id]) => id),
      [],
      `${STAGE}: ${what} replaces nothing of what stays`,
    );
  }
  const gone = [...three.created].filter(([id]) => !last.created.has(id));
  report.check(
    gone.length > 20 && gone.every(([id]) => /challenger/i.test(id)),
    `${STAGE}: with a variant goes what is its own, and nothing else`,
    gone
      .filter(([id]) => !/challenger/i.test(id))
      .map(([id]) => id)
      .join(', '),
  );
  const { code, output } = await cdk.destroy(last.out, STAGE, REGION);
  report.check(code === 0, `${STAGE}: cdk destroy`, code === 0 ? '' : output.trim().slice(-2000));
  const left = added(before, await census(aws)).map((what) => what.split(' ')[0]!);
  report.equal(
    [...new Set(left.filter((type) => type !== 'AWS::Route53::RecordSet'))].sort(),
    ['AWS::Logs::LogGroup', 'AWS::S3::Bucket'],
    `${STAGE}: left are the logs alone`,
  );
}
