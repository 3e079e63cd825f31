import { createHash } from 'node:crypto';
import { fields, hint } from '../../../../lambda/inference/page/fields';
import { page } from '../../../../lambda/inference/page/page';
import type { Column } from '../../../../lib/model/rows/signature';
import { SIGNATURE } from '../../../model/sample';
import { send } from '../http-client';
import { modelPackage, startServing, stopServings } from '../serving';

afterAll(stopServings);

test('GET /docs is a page of which the policy allows exactly its own script and style', async () => {
  const { base } = await startServing();
  const { status, headers, text } = await send(base, '/docs');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  const source = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
  const policy = headers['content-security-policy'] as string;
  const style = /<style>(.*?)<\/style>/s.exec(text)![1]!;
  const script = /<script type="module">(.*?)<\/script>/s.exec(text)![1]!;
  expect(policy).toContain(`script-src ${source(script)};`);
  expect(policy).toContain(`style-src ${source(style)};`);
  expect(policy).toMatch(/^default-src 'none';/);
  expect(policy).not.toContain('unsafe');
});

test('the page names nothing outside of the endpoint', () => {
  const text = page({ manifest: modelPackage.manifest, version: 'v', golden: modelPackage.golden! });
  expect(text.match(/https?:\/\/[^'"\s)]+/g)).toEqual(['http://www.w3.org/2000/svg']); // a namespace, never fetched
});

test('a column with a hostile name is text on the page, in the form and in the data', () => {
  const name = `"><script>alert(1)</script>&'`;
  const column: Column = { name, type: 'string', missing: false, categories: ['</script><b>', 'b'] };
  const manifest = {
    ...modelPackage.manifest,
    signature: { ...modelPackage.manifest.signature, columns: [column] },
  };
  const text = page({ manifest, version: 'v', golden: { inputs: [['</script><b>']], predict: [0] } });
  expect(text).not.toContain('<script>alert');
  expect(text).not.toContain('</script><b>');
  expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;');
  const data = /<script type="application\/json" id="model">(.*?)<\/script>/s.exec(text)![1]!;
  expect(JSON.parse(data)).toMatchObject({ columns: [{ name }], examples: [{ [name]: '</script><b>' }] });
});

test('each field has a label, and the values of a column with categories are a list', () => {
  const made = fields({
    ...SIGNATURE,
    columns: [
      { name: 'city', type: 'string', missing: true, categories: ['Oslo', 'Bergen'] },
      { name: 'rows', type: 'int64', missing: false },
      { name: 'ignored', type: 'float64', missing: true, unused: true },
    ],
  }).map(({ html }) => html);
  expect(made).toHaveLength(2);
  expect(made[0]).toContain('<label for="c0">city</label>');
  expect(made[0]).toContain('<option value="&quot;Oslo&quot;">Oslo</option>');
  expect(made[0]).toContain('<option value="null">missing</option>');
  expect(made[1]).toContain('<input type="number" step="1"');
});

test.each<[Partial<Column>, string | undefined]>([
  [{}, undefined],
  [{ missing: true }, 'number, may be missing'],
  [{ type: 'int64' }, 'whole number'],
  [{ maximum: 1000 }, 'number, from -1000 to 1000'],
  [{ maximum: 3.4028234663852886e38 }, undefined],
  [{ above: 0 }, 'number, above 0'],
  [{ above: -Number.MIN_VALUE }, 'number, not negative'],
  [{ categories: [1, 2] }, 'one of 2'],
  [{ type: 'string' }, 'text'],
])('%j is hinted at as %j', (column, expected) => {
  expect(hint({ name: 'c', type: 'float64', missing: false, ...column })).toBe(expected);
});
