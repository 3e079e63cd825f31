/** The example projects: their packages answer as the libraries did, and their pages say what is so. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../lambda/inference/engine';
import { answerText } from '../../lambda/inference/json/answer-text';
import { findRows } from '../../lambda/inference/protocols/row-forms';
import { topText } from '../../lambda/inference/protocols/top-classes';
import { replayGolden } from '../../lib/model/package/golden-replay';
import { isVerified } from '../../lib/model/package/manifest';
import { type ModelPackage, readModelPackage } from '../../lib/model/package/model-package';
import { encodeRows } from '../../lib/model/rows/row';
import type { Method } from '../../lib/model/rows/signature';
import { curlExamples, parsedNear } from '../../testing/curl-examples';
import {
  BILL,
  EXAMPLE_PROJECTS,
  projectFile,
  projectPage,
  projectPins,
  projectPlan,
} from '../../testing/example-projects';

const root = join(__dirname, '../..');
const KB = 1000;

const sizeOf = (project: string) =>
  readdirSync(projectFile(project, 'model'))
    .map((name) => statSync(projectFile(project, 'model', name)).size)
    .reduce((sum, size) => sum + size);

describe.each(EXAMPLE_PROJECTS)('examples/%s', (project) => {
  const page = projectPage(project);
  let model: ModelPackage;
  let engine: Engine;
  beforeAll(async () => {
    model = readModelPackage(projectFile(project, 'model'));
    engine = await createEngine(projectFile(project, 'model', 'model.onnx'));
  });
  afterAll(() => engine.close());

  test('has a verified package, whose golden rows hold', async () => {
    const { manifest, golden } = model;
    expect([manifest.name, isVerified(manifest)]).toEqual([project, true]);
    expect(golden!.inputs.length).toBeGreaterThanOrEqual(40);
    const run: Engine['run'] = (inputs, methods) => engine.run(inputs, methods);
    const { differences } = await replayGolden(golden!, manifest.signature, manifest.golden!.tolerance, run);
    expect(differences).toEqual([]);
  });

  test('is answered as its page shows', async () => {
    const examples = curlExamples(page);
    expect(examples.length).toBeGreaterThan(0);
    for (const { url, body, answer } of examples) {
      const [route, top] = url.replace('$ENDPOINT/', '').split('?top=');
      const method = (top === undefined ? route : 'predict_proba') as Method;
      const { rows, locate, reply } = findRows(JSON.parse(body!), model.manifest.signature);
      const inputs = encodeRows(model.manifest.signature, rows.slice(0, rows.length), locate);
      const outputs = await engine.run(inputs, [method]);
      const tensor = outputs[method]!;
      const { signature } = model.manifest;
      const answers = top === undefined ? answerText(tensor) : topText(tensor, signature, Number(top));
      const given = `{"${reply}":${await answers}}`;
      expect(parsedNear(given)).toEqual(parsedNear(answer));
    }
  });

  test('has a stage that is planned, at what its page says', () => {
    const { choice, cost } = projectPlan(project);
    const [, instances, type, usd] = BILL.exec(page)!;
    expect(`${instances} x ${type}`).toBe(`${choice.instances} x ${choice.instanceType}`);
    expect(Math.abs(Number(usd) / cost.usdPerMonth - 1)).toBeLessThan(0.02); // the catalogue of tests is a fixed one
  });

  test('begins with what it shows and the shortest way, and says whose the data are', () => {
    const [opening, first] = page.split(/^## /m);
    expect(opening!.split('\n').length).toBeLessThan(12);
    expect(first).toMatch(new RegExp(`^Try it\\n\\n\`\`\`sh\\nnpx slipway serve examples/${project}/model\\n`));
    expect(page).toMatch(/^Data: /m);
    expect(page.split('\n').length).toBeLessThan(100);
  });

  test('pins what its training needs', () => {
    for (const pin of projectPins(project)) expect(pin).toMatch(/^[\w-]+==\d[\d.]*$/);
  });

  test('is linked from the pages that list the examples', () => {
    for (const list of ['README.md', 'README.zh-CN.md', 'docs/README.md']) {
      expect(readFileSync(join(root, list), 'utf8')).toContain(`examples/${project}/README.md)`);
    }
  });
});

test('the packages are small', () => {
  const sizes = EXAMPLE_PROJECTS.map(sizeOf);
  expect(Math.max(...sizes)).toBeLessThan(150 * KB);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(600 * KB);
});

test('every folder with a training script and a page is an example project', () => {
  const projects = readdirSync(join(root, 'examples')).filter((name) => existsSync(projectFile(name, 'README.md')));
  expect(projects).toEqual([...EXAMPLE_PROJECTS].sort());
});

test('all pin the same versions, so that one environment trains them', () => {
  const versions = new Map<string, Set<string>>();
  for (const pin of EXAMPLE_PROJECTS.flatMap(projectPins)) {
    const [name, version] = pin.split('==') as [string, string];
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  expect([...versions].filter(([, of]) => of.size > 1)).toEqual([]);
});
