/**
 * A closed-loop load client in a process of its own: a fixed number of keep-alive connections, each of which sends
 * the next request when the last one is answered.
 *
 * Told by one message what to send, it answers with how many requests were answered and their median time.
 */
import * as http from 'node:http';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly connections: number;
  readonly milliseconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly medianMs: number;
}

const agents = new Map<number, http.Agent>();

function request(load: Load, agent: http.Agent): Promise<void> {
  const { port, path, body } = load;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = http.request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`port ${port} answered ${response.statusCode}`));
      response.resume();
      response.on('end', resolve);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function run(load: Load): Promise<LoadResult> {
  const agent = agents.get(load.connections) ?? new http.Agent({ keepAlive: true, maxSockets: load.connections });
  agents.set(load.connections, agent);
  const times: number[] = [];
  const until = performance.now() + load.milliseconds;
  const connection = async () => {
    for (let now = performance.now(); now < until; ) {
      await request(load, agent);
      const next = performance.now();
      times.push(next - now);
      now = next;
    }
  };
  await Promise.all(Array.from({ length: load.connections }, connection));
  times.sort((a, b) => a - b);
  return { requests: times.length, medianMs: times[Math.floor(times.length / 2)] ?? Number.NaN };
}

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send!({ result }),
    (error: Error) => process.send!({ error: error.message }),
  );
});
