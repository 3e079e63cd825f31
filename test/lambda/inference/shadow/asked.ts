/** What tests of handlers with a shadow ask them. */
import { setTimeout as pause } from 'node:timers/promises';
import { send } from '../http-client';
import { rows } from '../serving';

export const asked = (base: string, id?: string) =>
  send(base, '/predict', {
    method: 'POST',
    body: { data: rows },
    headers: id === undefined ? {} : { 'x-request-id': id },
  });

/** Values of `/metrics` by series, once one of them is as it should be. */
export async function metricsWhen(base: string, holds: (value: (series: string) => number) => boolean) {
  for (const end = performance.now() + 20_000; ; ) {
    const { text } = await send(base, '/metrics');
    if (performance.now() > end) throw new Error(text.replace(/^(?!slipway_shadow).*\n/gm, ''));
    const values = new Map(
      text
        .split('\n')
        .filter((line) => line.startsWith('slipway_shadow'))
        .map((line) => {
          const space = line.lastIndexOf(' ');
          return [line.slice(0, space), Number(line.slice(space + 1))];
        }),
    );
    const value = (series: string) => values.get(`slipway_shadow_${series}`) ?? 0;
    if (holds(value)) return value;
    await pause(50);
  }
}
