/** Bounds of what is written for AWS, over stages of every kind: far from those of AWS, so that another option fits too. */
import { loadConfig } from '../../lib/config/load';
import { LONGEST_SIGNAL_URL, mostBytes } from '../../lib/constructs/boot/user-data-size';
import { addStages } from '../../lib/stacks/slipway-app';
import { STAGE_VARIANTS, variantsConfig } from '../../testing/stage-variants';
import { standIns, testingApp } from '../testing-app';

/** CloudFormation takes 1 MB, EC2 16 KiB. */
const MOST_TEMPLATE_BYTES = 150_000;
const MOST_USER_DATA_BYTES = 12 * 1024;

interface Resource {
  readonly Type: string;
  readonly Properties: { readonly LaunchTemplateData: { readonly UserData: { readonly 'Fn::Base64': unknown } } };
}

const app = testingApp();
addStages(app, loadConfig(variantsConfig()), standIns());
const stacks = app.synth().stacksRecursively.map(({ hierarchicalId, template }) => ({ hierarchicalId, template }));

test('each kind of stage is there', () => {
  expect(stacks.filter(({ hierarchicalId }) => hierarchicalId.endsWith('/Endpoint'))).toHaveLength(
    Object.keys(STAGE_VARIANTS).length,
  );
});

test.each(stacks)('the template of $hierarchicalId is below 150 KB', ({ template }) => {
  expect(Buffer.byteLength(JSON.stringify(template, undefined, 1))).toBeLessThan(MOST_TEMPLATE_BYTES);
});

test.each(stacks)('user data of $hierarchicalId are below 12 KiB', ({ template }) => {
  const resources = Object.entries(template.Resources as Record<string, Resource>);
  const handles = resources.filter(([, { Type }]) => Type === 'AWS::CloudFormation::WaitConditionHandle');
  const longer = Object.fromEntries(handles.map(([id]) => [id, LONGEST_SIGNAL_URL]));
  for (const [, { Type, Properties }] of resources) {
    if (Type !== 'AWS::EC2::LaunchTemplate') continue;
    const bytes = mostBytes(Properties.LaunchTemplateData.UserData['Fn::Base64'], longer);
    expect(bytes).toBeGreaterThan(1024);
    expect(bytes).toBeLessThan(MOST_USER_DATA_BYTES);
  }
});
