import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ShadowAddresses } from '../../../lambda/shipping/shadow-addresses';
import { temporaryFolder } from '../../../testing/temporary-folder';

const line = (address: unknown) => JSON.stringify({ time: 'x', level: 'info', event: 'shadow listens', address });

test('addresses that were said lately are kept in the file, each once, and stay while nobody can be asked', async () => {
  const path = join(temporaryFolder(), 'shadow');
  const text = () => readFileSync(path, 'utf8');
  let said: string[] | Error = [line('10.0.2.7:8081'), line('10.0.1.7:8081'), line('10.0.2.7:8081'), line(7), '{"cut'];
  const asked: [string, number][] = [];
  const group = {
    messages: async (pattern: string, since: number) => {
      asked.push([pattern, since]);
      if (said instanceof Error) throw said;
      return said;
    },
  };
  const addresses = new ShadowAddresses(group, path, () => 1_000_000);
  await addresses.look();
  expect(text()).toBe('10.0.1.7:8081\n10.0.2.7:8081\n');
  expect(asked).toEqual([['{ $.event = "shadow listens" }', 700_000]]);
  const told = jest.spyOn(console, 'error').mockImplementation(() => {});
  said = new Error('no network');
  await addresses.look();
  await addresses.look();
  expect(told.mock.calls).toEqual([['it is not known where the shadow is: no network']]);
  told.mockRestore();
  expect(text()).toBe('10.0.1.7:8081\n10.0.2.7:8081\n');
  said = [];
  await addresses.look();
  expect(text()).toBe('');
});
