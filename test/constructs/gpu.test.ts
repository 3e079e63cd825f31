import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { temporaryFolder } from '../../testing/temporary-folder';
import { bootOf, endpointTemplate } from './endpoint-template';
import { gpuPlan, groupPlan } from './example-plan';

const folder = temporaryFolder();
const path = join(folder, 'cuda.whl');
writeFileSync(path, 'stands in for the wheel');

const { template } = endpointTemplate({ plan: gpuPlan, cuda: { path, sha256: 'c'.repeat(64) } });
const script = bootOf(template);

test('the instances of a plan with GPUs start from the image with the driver', () => {
  template.hasParameter('*', {
    Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
    Default: gpuPlan.gpu!.machineImage,
  });
  template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: Match.objectLike({ InstanceType: 'g4dn.xlarge' }),
  });
});

test('they download the library for GPUs, check its digest, and put it beside the handler', () => {
  expect(script).toContain(`${'c'.repeat(64)}  runtime/cuda.whl`);
  const [verified, unpacked, started] = ['\nverify_digests\n', '\nunpack_cuda\n', '\nstart_handler\n'].map((step) =>
    script.indexOf(step),
  );
  expect(verified).toBeGreaterThan(0);
  expect(unpacked).toBeGreaterThan(verified!);
  expect(started).toBeGreaterThan(unpacked!);
});

/** The unit of the handler, out of a boot script. */
const handlerUnit = (text: string) =>
  text.split('cat > /etc/systemd/system/slipway.service')[1]!.split('[Install]')[0]!;

test('their unit runs the engine on the GPU, in full single precision, and sees its devices', () => {
  expect(script).toContain('Environment="SLIPWAY_ENGINE=cuda"');
  expect(script).toContain('Environment="NVIDIA_TF32_OVERRIDE=0"');
  expect(handlerUnit(script)).not.toContain('PrivateDevices=yes');
});

test('no other plan gets any of it', () => {
  const { template: other } = endpointTemplate({ plan: groupPlan });
  const plain = bootOf(other);
  expect(plain).not.toMatch(/cuda|nvidia|SLIPWAY_ENGINE/i);
  expect(handlerUnit(plain)).toContain('PrivateDevices=yes');
});

// with Linux's tools and Python, which the image has
const able = process.platform === 'linux' && spawnSync('python3', ['--version']).status === 0;
(able ? test : test.skip)('the wheel is unpacked as the script says', () => {
  const home = join(folder, 'home');
  const made = spawnSync(
    'bash',
    [
      '-c',
      `set -e; mkdir -p ${home}/handler ${home}/runtime w/onnxruntime/capi; cd w; echo shared > onnxruntime/capi/libonnxruntime_providers_shared.so
echo cuda > onnxruntime/capi/libonnxruntime_providers_cuda.so; python3 -m zipfile -c ${home}/runtime/cuda.whl onnxruntime; cd ..
nvidia-smi() { echo 'GPU 0: Tesla T4'; }
home=${home}
${/unpack_cuda\(\) \{[\s\S]*?\n\}\n/.exec(script)![0]}
unpack_cuda; find ${home} -type f -printf '%P\\n' | sort`,
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(made.stderr).toBe('');
  expect(made.stdout.trim().split('\n')).toEqual([
    'GPU 0: Tesla T4',
    'handler/libonnxruntime_providers_cuda.so',
    'handler/libonnxruntime_providers_shared.so',
  ]);
});
