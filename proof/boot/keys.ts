/** A boot with access control: the keys come from Parameter Store, at boot and by a timer from then on. */
import http from 'node:http';
import { apiKeyLine } from '../../lib/model/formats/api-keys';
import { until } from './client';
import { KEYS_PARAMETER } from './stages';
import type { Booting, World } from './world';

export const KEY = 'slipway-proof-of-the-boot';

const ANOTHER_KEY = 'slipway-proof-of-another-key';

/** The handler looks at its files every 15 seconds. */
const TAKEN_SECONDS = 30;

/** What lies in Parameter Store; a key is added while the instance runs. */
export const parameters = new Map([[KEYS_PARAMETER, `${apiKeyLine('proof', KEY)}\n`]]);

export function predict(url: URL, body: string, key?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', ...(key && { 'x-api-key': key }) };
    const request = http.request(new URL('predict', url), { method: 'POST', agent: false, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.once('error', (error) => resolve({ status: 0, text: error.message }));
    request.end(body);
  });
}

export async function judgeKeys(
  { report, aws }: World,
  { name, url, deployment, machine, instance }: Booting,
): Promise<void> {
  const golden = deployment.model.golden!;
  const body = JSON.stringify({ data: golden.inputs.slice(0, 16) });
  const [none, right] = [await predict(url, body), await predict(url, body, KEY)];
  report.equal(none.status, 401, `${name}: without a key nobody is answered`);
  report.equal(
    right.status === 200 ? (JSON.parse(right.text) as { result: unknown }).result : right.text,
    golden.predict.slice(0, 16),
    `${name}: golden rows hold with the key out of Parameter Store`,
  );
  parameters.set(KEYS_PARAMETER, `${apiKeyLine('proof', KEY)}\n${apiKeyLine('new', ANOTHER_KEY)}\n`);
  const { code } = await instance.run('systemctl', 'start', 'slipway-access.service');
  const timer = await instance.run('systemctl', 'is-active', 'slipway-access.timer');
  const taken = await until(async () => (await predict(url, body, ANOTHER_KEY)).status === 200, TAKEN_SECONDS);
  report.equal(
    [code, timer.output.trim(), taken],
    [0, 'active', true],
    `${name}: what the timer starts brings a key that was added`,
  );
  report.equal(aws.refusals.get(machine.instanceId) ?? [], [], `${name}: the role may read that parameter`);
}
