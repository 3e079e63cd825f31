// The embeddable server, in a process of somebody's own; `proof:package` runs it.
const { createModelServer } = require('@slipway-ml/slipway/serving');

async function main() {
  const { server, close } = await createModelServer({ models: ['models/claims'] });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  const { inputs } = JSON.parse(require('node:fs').readFileSync('models/claims/golden.json', 'utf8'));
  const body = JSON.stringify(inputs.slice(0, 2));
  const answer = await fetch(`${base}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { result } = await answer.json();
  const page = await fetch(`${base}/docs`);
  await page.text();
  console.log(JSON.stringify({ status: answer.status, rows: result.length, docs: page.status }));
  console.log(JSON.stringify({ complete: await close() }));
}

void main();
