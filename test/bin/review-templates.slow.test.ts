/** What the real `cdk diff` says of two assemblies that Slipway wrote. */
import { templateDifferences } from '../../bin/review/templates';
import { loadConfig } from '../../lib/config/load';
import { templatesReviewText } from '../../lib/report';
import { addStages } from '../../lib/stacks/slipway-app';
import { variantsConfig } from '../../testing/stage-variants';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

const files = standIns(); // the same on both sides

function assembly(stages: Readonly<Record<string, string>>): string {
  const app = testingApp();
  addStages(app, loadConfig(variantsConfig(stages, EXAMPLE_MODEL)), files);
  return app.synth().directory;
}

test('a stage that becomes internal, one that comes and one that goes', async () => {
  const base = assembly({ dev: 'availability: single', gone: 'availability: single', same: 'availability: single' });
  const head = assembly({
    dev: 'availability: single, internal: true',
    same: 'availability: single',
    there: 'availability: single',
  });
  const differences = await templateDifferences(base, head);
  const stage = (name: string) => differences.filter(({ stack }) => stack.startsWith(`${name}/`));
  expect(stage('same')).toEqual([]);
  expect(stage('there').map(({ only }) => only)).toEqual(['head', 'head']);
  expect(stage('gone').map(({ only }) => only)).toEqual(['base', 'base']);
  expect(stage('dev').flatMap(({ replacements }) => replacements)).toContainEqual(
    expect.objectContaining({ type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', effect: 'replace' }),
  );
  expect(templatesReviewText(differences, true)).toMatch(/LoadBalancer.*\| \*\*replace\*\* \|/);
});
