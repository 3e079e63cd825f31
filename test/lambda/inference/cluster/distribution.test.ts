import type { Worker } from 'node:cluster';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Distribution } from '../../../../lambda/inference/cluster/distribution';
import { listen } from '../../../../lambda/inference/http/listen';

/** A worker that says nothing by itself. */
class QuietWorker {
  handed = 0;
  send(): void {
    this.handed++;
  }
  get worker(): Worker {
    return this as unknown as Worker;
  }
}

let distribution: Distribution;
let clients: Socket[];
let workers: QuietWorker[];
beforeEach(async () => {
  distribution = new Distribution();
  await listen(distribution.server, 0, '127.0.0.1');
  clients = [];
  workers = [];
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  for (const { worker } of workers) distribution.leave(worker);
  await distribution.close();
});

function join(): QuietWorker {
  const joined = new QuietWorker();
  workers.push(joined);
  distribution.join(joined.worker);
  return joined;
}

async function arrive(count: number): Promise<void> {
  const { port } = distribution.server.address() as AddressInfo;
  for (let i = 0; i < count; i++) {
    const come = once(distribution.server, 'connection');
    clients.push(connect(port, '127.0.0.1').on('error', () => {}));
    await come;
  }
}

test('a worker that takes none is handed one connection, and a crowd goes to the other', async () => {
  const [hung, well] = [join(), join()];
  await arrive(20);
  expect([hung.handed, well.handed]).toEqual([1, 1]);
  for (let taken = 0; taken < well.handed; taken++) distribution.taken(well.worker);
  expect([hung.handed, well.handed]).toEqual([1, 19]);
});

test('more are handed at once while others wait, and one again when none does', async () => {
  const only = join();
  await arrive(7);
  expect(only.handed).toBe(1);
  distribution.taken(only.worker); // the first; two may be on their way now
  expect(only.handed).toBe(3);
  distribution.taken(only.worker); // the second; four may be
  expect(only.handed).toBe(6);
  for (let taken = 2; taken < 7; taken++) distribution.taken(only.worker);
  expect(only.handed).toBe(7);
  await arrive(3);
  expect(only.handed).toBe(8);
});

test('what a worker has not taken when it ends goes to another, the first first', async () => {
  const ends = join();
  await arrive(5);
  distribution.taken(ends.worker);
  expect(ends.handed).toBe(3);
  distribution.ended(ends.worker);
  const stays = join();
  for (let taken = 0; taken < stays.handed; taken++) distribution.taken(stays.worker);
  expect(stays.handed).toBe(4);
});
