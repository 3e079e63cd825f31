import type { Engine } from '../../../lambda/inference/engine';
import { AbandonedError, QueueFullError, Scheduler } from '../../../lambda/inference/scheduler';
import type { Method } from '../../../lib/model/signature';
import type { Tensors } from '../../../lib/model/tensor';
import { send } from './http-client';
import { labels, rows, startServing, stopServings } from './serving';

/** Doubles each value as `predict`, negates it as `decision_function`; fails on the value 13. */
class Arithmetic implements Engine {
  readonly name = 'arithmetic';
  readonly runs: { readonly values: readonly number[]; readonly methods: readonly Method[] }[] = [];

  async run(inputs: Tensors, methods: readonly Method[]): Promise<Tensors> {
    const values = [...(inputs.x!.data as Float64Array)];
    this.runs.push({ values, methods });
    if (values.includes(13)) throw new Error('thirteen');
    const shape = [values.length];
    const of = (f: (value: number) => number) =>
      ({ type: 'float64', shape, data: Float64Array.from(values, f) }) as const;
    return { predict: of((value) => value * 2), decision_function: of((value) => -value) };
  }

  async close(): Promise<void> {}
}

const tensors = (...values: number[]): Tensors => ({
  x: { type: 'float64', shape: [values.length, 1], data: Float64Array.from(values) },
});

function scheduler(rowsPerRun = 8, queueRows = 100) {
  const engine = new Arithmetic();
  const waited: number[] = [];
  const ran: number[] = [];
  const observer = { waited: (seconds: number) => waited.push(seconds), ran: (count: number) => ran.push(count) };
  const subject = new Scheduler(engine, queueRows, observer, rowsPerRun);
  const submit = async (values: number[], methods: readonly Method[] = ['predict'], abandoned?: () => boolean) => {
    const outputs = await subject.submit(tensors(...values), values.length, methods, abandoned);
    return methods.map((method) => [...(outputs[method]!.data as Float64Array)]);
  };
  return { engine, subject, submit, waited, ran };
}

test('requests of one turn share a run, and each gets its own answers', async () => {
  const { engine, submit, ran, waited } = scheduler();
  const answers = await Promise.all([submit([1, 2]), submit([3]), submit([4, 5, 6])]);
  expect(answers).toEqual([[[2, 4]], [[6]], [[8, 10, 12]]]);
  expect(engine.runs).toEqual([{ values: [1, 2, 3, 4, 5, 6], methods: ['predict'] }]);
  expect([ran, waited.length]).toEqual([[6], 3]);
});

test('a run computes what any of its requests wants, and each gets what it asked for', async () => {
  const { engine, submit } = scheduler();
  const answers = await Promise.all([
    submit([1]),
    submit([2], ['decision_function']),
    submit([3], ['decision_function', 'predict']),
  ]);
  expect(answers).toEqual([[[2]], [[-2]], [[-3], [6]]]);
  expect(engine.runs).toHaveLength(1);
});

test('a request larger than a run is cut, and takes turns with those behind it', async () => {
  const { engine, subject, submit } = scheduler(4);
  const values = Array.from({ length: 10 }, (_, i) => i + 20);
  const done: string[] = [];
  const [large, small] = await Promise.all([
    submit(values, ['predict', 'decision_function']).finally(() => done.push('large')),
    submit([1]).finally(() => done.push('small')),
  ]);
  expect(large).toEqual([values.map((value) => value * 2), values.map((value) => -value)]);
  expect(small).toEqual([[2]]);
  expect(done).toEqual(['small', 'large']);
  expect(engine.runs.map((run) => run.values.length)).toEqual([4, 4, 3]);
  expect(engine.runs[1]!.values[0]).toBe(1);
  expect(subject.queuedRows).toBe(0);
});

test('a request that fits one run is not cut to fill another', async () => {
  const { engine, submit } = scheduler(4);
  await Promise.all([submit([1, 2, 3]), submit([4, 5])]);
  expect(engine.runs.map((run) => run.values)).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

test('rows beyond the bound are refused, and there is room again afterwards', async () => {
  const { subject, submit } = scheduler(4, 5);
  const first = submit([1, 2, 3]);
  expect(subject.admits(2)).toBe(true);
  expect(subject.admits(3)).toBe(false);
  await expect(submit([4, 5, 6])).rejects.toBeInstanceOf(QueueFullError);
  expect(await first).toEqual([[2, 4, 6]]);
  expect(await submit([4, 5, 6])).toEqual([[8, 10, 12]]);
});

test('a run that fails is repeated request by request, so that only the guilty one fails', async () => {
  const { engine, subject, submit } = scheduler();
  const results = await Promise.allSettled([submit([1]), submit([13]), submit([2])]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(engine.runs).toHaveLength(4);
  expect(subject.queuedRows).toBe(0);
});

test('a large request whose first part fails is not run to its end', async () => {
  const { engine, subject, submit } = scheduler(2);
  await expect(submit([13, 1, 2, 3, 4, 5])).rejects.toThrow('thirteen');
  expect(engine.runs).toHaveLength(1);
  expect(subject.queuedRows).toBe(0);
});

test('rows that nobody waits for are not run', async () => {
  const { engine, subject, submit } = scheduler();
  const gone = submit([1], ['predict'], () => true);
  const stays = submit([2]);
  await expect(gone).rejects.toBeInstanceOf(AbandonedError);
  expect(await stays).toEqual([[4]]);
  expect(engine.runs.map((run) => run.values)).toEqual([[2]]);
  expect(subject.queuedRows).toBe(0);
});

test('an engine that answers too few rows is found out', async () => {
  const { engine, submit } = scheduler();
  engine.run = async () => ({ predict: { type: 'float64', shape: [1], data: new Float64Array(1) } });
  await expect(submit([1, 2])).rejects.toThrow('the engine gave 1 answers of predict for 2 rows');
});

describe('over sockets', () => {
  afterEach(stopServings);

  test('requests that come while a run is under way form the next one, wrong ones among them', async () => {
    const serving = await startServing();
    const { running, release } = serving.engine.hold();
    const first = send(serving.base, '/predict', { body: [rows[0]] });
    await running;
    const queued = new Promise<void>((resolve) => {
      const submit = serving.model.scheduler!.submit.bind(serving.model.scheduler!);
      let left = rows.length;
      jest.spyOn(serving.model.scheduler!, 'submit').mockImplementation((...job) => {
        const answer = submit(...job);
        if (--left === 0) resolve();
        return answer;
      });
    });
    const others = rows.map((row) => send(serving.base, '/predict', { body: [row] }));
    const wrong = await send(serving.base, '/predict', { body: [[1, 2]] });
    await queued;
    expect((await send(serving.base, '/metrics')).text).toContain(`slipway_queue_rows ${rows.length}`);
    release();
    expect((await first).json).toEqual({ result: [labels[0]] });
    expect(wrong.status).toBe(400);
    const answers = await Promise.all(others);
    expect(answers.map((answer) => (answer.json as { result: unknown[] }).result[0])).toEqual([...labels]);
    expect(serving.engine.batches).toEqual([1, rows.length]);
  });

  test('a full queue is 503 with Retry-After, and its rows are answered', async () => {
    const serving = await startServing({ settings: { queueRows: 2 } });
    const { running, release } = serving.engine.hold();
    const first = send(serving.base, '/predict', { body: [rows[0]] });
    await running;
    const submitted = new Promise<void>((resolve) => {
      const submit = serving.model.scheduler!.submit.bind(serving.model.scheduler!);
      jest.spyOn(serving.model.scheduler!, 'submit').mockImplementation((...job) => {
        resolve();
        return submit(...job);
      });
    });
    const second = send(serving.base, '/predict', { body: [rows[1], rows[2]] });
    await submitted;
    for (const path of ['/predict', '/v2/models/breast-cancer/infer']) {
      const body =
        path === '/predict'
          ? [rows[3]]
          : { inputs: [{ name: 'input', shape: [1, 30], datatype: 'FP64', data: rows[3] }] };
      const refused = await send(serving.base, path, { body });
      expect(refused.status).toBe(503);
      expect(refused.headers['retry-after']).toBe('1');
      expect(refused.text).toContain('too many rows are waiting');
    }
    release();
    expect((await first).json).toEqual({ result: [labels[0]] });
    expect((await second).json).toEqual({ result: [labels[1], labels[2]] });
    const metrics = await send(serving.base, '/metrics');
    expect(metrics.text).toContain('slipway_refused_requests_total{reason="queue_full"} 2');
  });
});
