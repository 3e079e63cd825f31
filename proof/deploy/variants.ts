/** What may change of a deployed stage, one after the other: each is an update that must not take the endpoint down. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { HANDLER_FILE } from '../../lib/artifacts/handler-bundle';
import type { StageConfig } from '../../lib/config/config';
import { handlerBundle } from '../../lib/constructs/boot/programs';
import { fileDigest } from '../../lib/model/files/file-digest';
import type { ModelPackage } from '../../lib/model/package/model-package';
import type { SizingPlan } from '../../lib/sizing';
import { SlipwayStage, type SlipwayStageProps } from '../../lib/stacks/slipway-stage';

export interface Variant {
  readonly what: string;
  readonly assembly: string;
  /** Instances that must be healthy while it is deployed. */
  readonly wanted: number;
}

type Change = (props: SlipwayStageProps) => Partial<SlipwayStageProps>;

const withType =
  (instanceType: string, architecture: 'arm64' | 'x86_64'): Change =>
  ({ plan }) => ({ plan: { ...plan, choice: { ...plan.choice, instanceType, architecture } } });

const withStage =
  (change: Partial<StageConfig>): Change =>
  ({ stage }) => ({ stage: { ...stage, ...change } });

const withEndpoint =
  (change: Partial<StageConfig['endpoint']>): Change =>
  ({ stage }) => ({ stage: { ...stage, endpoint: { ...stage.endpoint, ...change } } });

/** Another handler, and a file in place of the Node.js of another processor: nobody runs either. */
function anotherHandler(folder: string): Change {
  return ({ plan }) => {
    const handler = join(folder, 'another-handler');
    cpSync(handlerBundle(plan.choice.architecture, plan.engine !== 'native'), handler, { recursive: true });
    const file = join(handler, HANDLER_FILE);
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n// another\n`);
    const runtime = join(folder, 'another-runtime.tgz');
    writeFileSync(runtime, 'another runtime');
    return { handler, runtime: { version: '0.0.0', path: runtime, sha256: fileDigest(runtime) } };
  };
}

const several: Change = ({ plan }) => ({
  plan: {
    ...plan,
    zones: 2,
    instances: { minimum: 2, desired: 2, maximum: 3 },
    choice: { ...plan.choice, instances: 2 },
  },
});

/**
 * Synthesise them in one process, each with the changes of those before it.
 *
 * @param machineImage an id that exists in the emulator
 */
export function variants(
  stage: StageConfig,
  model: ModelPackage,
  plan: SizingPlan,
  machineImage: string,
  folder: string,
): Variant[] {
  const changes: readonly (readonly [string, Change])[] = [
    ['another instance type', withType('t4g.small', 'arm64')],
    ['another handler', anotherHandler(folder)],
    ['another architecture', withType('t3.small', 'x86_64')],
    ['another machine image', withStage({ machineImage })],
    ['keys', withEndpoint({ access: { apiKeys: '/slipway/proof/keys' } })],
    ['callers of one network alone', withEndpoint({ allowFrom: ['203.0.113.0/24'] })],
    ['another patience for a boot', ({ plan: { ...old } }) => ({ plan: { ...old, bootTimeoutSeconds: 900 } })],
    ['sessions', withEndpoint({ sessionManager: true })],
    ['a key of its own', withEndpoint({ encryptionKey: 'stage' })],
    ['two instances in two zones', several],
  ];
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  let props: SlipwayStageProps = { stage, model, plan };
  return changes.map(([what, change], i) => {
    const wanted = props.plan.instances.minimum;
    props = { ...props, ...change(props) };
    const assembly = join(folder, `variant-${i}.out`);
    const app = new App({
      outdir: assembly,
      context,
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
    });
    new SlipwayStage(app, props);
    app.synth();
    return { what, assembly, wanted };
  });
}
