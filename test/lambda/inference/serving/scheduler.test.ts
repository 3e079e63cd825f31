import type { Engine } from '../../../../lambda/inference/engine';
import { Turn } from '../../../../lambda/inference/json/turns';
import { rowsOfSlowRun } from '../../../../lambda/inference/serving/pace';
import {
  AbandonedError,
  DeadlineError,
  type JobOptions,
  QueueFullError,
  Scheduler,
} from '../../../../lambda/inference/serving/scheduler';
import type { Method } from '../../../../lib/model/rows/signature';
import type { Tensors } from '../../../../lib/model/rows/tensor';
import { JSON_HEADERS, send } from '../http-client';
import { labels, rows, startServing, stopServings } from '../serving';

/** Doubles each value as `predict`, negates it as `decision_function`; fails on the value 13. */
class Arithmetic implements Engine {
  readonly name = 'arithmetic';
  /** The clock of a test, in milliseconds; a row takes `msPerRow` of it. */
  clock = 0;
  msPerRow = 0.01;
  readonly runs: { readonly values: readonly number[]; readonly methods: readonly Method[] }[] = [];

  async run(inputs: Tensors, methods: readonly Method[]): Promise<Tensors> {
    const values = [...(inputs.x!.data as Float64Array)];
    this.runs.push({ values, methods });
    this.clock += values.length * this.msPerRow;
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

function scheduler(mostRows = 8, queueRows = 100, bytes = Number.POSITIVE_INFINITY, leastRows = 1, whole = false) {
  const engine = new Arithmetic();
  const waited: number[] = [];
  const ran: number[] = [];
  const observer = { waited: (seconds: number) => waited.push(seconds), ran: (count: number) => ran.push(count) };
  const limits = { rows: queueRows, bytes, deadlineMs: 1000 };
  const options = { limits, observer, msPerRow: 0.01, leastRows, mostRows, whole, now: () => engine.clock };
  const subject = new Scheduler(engine, options);
  const submit = async (values: number[], methods: readonly Method[] = ['predict'], options?: JobOptions) => {
    const outputs = await subject.submit(tensors(...values), values.length, methods, options);
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

test('it tells for how long the engine has been at one run', async () => {
  const { engine, subject, submit } = scheduler();
  engine.msPerRow = 100;
  const seen: number[] = [];
  const run = engine.run.bind(engine);
  engine.run = async (...what) => {
    const outputs = await run(...what);
    seen.push(subject.runMs);
    return outputs;
  };
  await Promise.allSettled([submit([1, 2]), submit([13])]); // the one fails, so each is run again by itself
  expect(seen).toEqual([200]);
  await new Promise(setImmediate);
  expect(subject.runMs).toBe(0);
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
  expect(engine.runs[0]!.values).toEqual([1, 20, 21, 22]);
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

test('a whole request is a run of its own: neither cut nor joined, in the order in which they came', async () => {
  const { engine, submit, subject } = scheduler(4, 100, Number.POSITIVE_INFINITY, 1, true);
  const answers = [submit([1]), submit([2, 3, 4, 5, 6, 7, 8, 9]), submit([10, 11])];
  expect(await Promise.all(answers)).toEqual([[[2]], [[4, 6, 8, 10, 12, 14, 16, 18]], [[20, 22]]]);
  expect(engine.runs.map((run) => run.values)).toEqual([[1], [2, 3, 4, 5, 6, 7, 8, 9], [10, 11]]);
  expect([subject.queuedRows, subject.queuedBytes]).toEqual([0, 0]);
});

const many = (count: number) => Array.from({ length: count }, (_, i) => i + 20);

test('a run has as many rows as take three quarters of a millisecond, learnt from the runs before', async () => {
  const { engine, submit } = scheduler(1024, 100_000);
  await submit(many(150));
  engine.msPerRow = 0.1;
  await submit(many(1000));
  await submit(many(20));
  const sizes = engine.runs.map((run) => run.values.length);
  expect(sizes.slice(0, 2)).toEqual([75, 75]);
  expect(sizes.slice(2, 6)).toEqual([75, 75, 75, 75]); // three slow runs could be chance, four are not
  expect(sizes.slice(6)).toEqual([...Array(100).fill(7), 7, 7, 6]);
});

test('one run that was held up does not make the next ones small', async () => {
  const { engine, submit } = scheduler(1024, 100_000);
  engine.msPerRow = 50;
  await submit([1]);
  engine.msPerRow = 0.01;
  await submit(many(150));
  expect(engine.runs.map((run) => run.values.length)).toEqual([1, 75, 75]);
});

test('single rows that keep coming wait for one run each, and ten thousand come to their end all the same', async () => {
  const { engine, subject, submit } = scheduler(1024, 100_000);
  let done = false;
  const large = submit(many(10_000)).then((answer) => {
    done = true;
    return answer;
  });
  let longest = 0;
  while (!done) {
    const before = engine.clock;
    // more than a run has room for beside the others
    await Promise.all(Array.from({ length: 40 }, (_, i) => submit([i + 100])));
    longest = Math.max(longest, engine.clock - before);
  }
  expect((await large)[0]).toHaveLength(10_000);
  expect(longest).toBeLessThan(2);
  expect(subject.queuedRows).toBe(0);
});

test('a model of one row a run: long requests and single rows have every other run, and neither waits for ever', async () => {
  const { engine, submit } = scheduler(1024, 100_000);
  engine.msPerRow = 3;
  for (let i = 0; i < 4; i++) await submit([1]); // from which is learnt that a run has time for one row
  const begin = engine.runs.length;
  let done = false;
  const large = submit(many(20)).then(() => {
    done = true;
  });
  let longest = 0;
  const client = async (value: number) => {
    while (!done) {
      const before = engine.clock;
      await submit([value]);
      longest = Math.max(longest, engine.clock - before);
    }
  };
  await Promise.all([client(1), client(2), client(3)]); // so that a single row is always waiting
  await large;
  expect(engine.runs.length - begin).toBeLessThan(2 * 20 + 10);
  expect(longest).toBeLessThan(2 * 3 * 3 + 3 + 1); // three rows, every other run, and the one under way
});

test('requests that fill a run do not keep a longer one waiting for ever', async () => {
  const { engine, submit } = scheduler(4, 1000);
  let done = false;
  const large = submit(many(9)).then(() => {
    done = true;
  });
  const client = async () => {
    while (!done && engine.runs.length < 100) await submit([1, 2, 3, 4]);
  };
  await Promise.all([client(), client()]);
  await large;
  expect(engine.runs.length).toBeLessThan(12);
});

test('rows that are slow one by one and fast together share a run', async () => {
  const { engine, submit } = scheduler(1024, 1000, Number.POSITIVE_INFINITY, 12);
  engine.msPerRow = 3;
  for (let i = 0; i < 4; i++) await submit([1]);
  await submit(many(24));
  expect(engine.runs.map((run) => run.values.length)).toEqual([1, 1, 1, 1, 12, 12]);
});

test.each([
  ['a network, whose parameters are read once for all rows', 20, 0.6, 17],
  ['a kernel, of which each row takes as long as the first', 2.8, 2.6, 1],
  ['rows that are fast anyway', 0.01, 0.002, 1],
  ['rows of which a run has time for one', 0.5, 0.02, 13],
  ['rows of which further ones take no time that could be measured', 5, -0.1, 1024],
])('rows of a slow run: %s', (_, oneRowMs, furtherRowMs, rowsOfRun) => {
  expect(rowsOfSlowRun(oneRowMs, furtherRowMs, 1024)).toBe(rowsOfRun);
});

test('long requests take turns: a shorter one is done first', async () => {
  const { submit } = scheduler(8, 1000);
  const done: number[] = [];
  await Promise.all([400, 30, 90].map((count) => submit(many(count)).then(() => done.push(count))));
  expect(done).toEqual([30, 90, 400]);
});

test('rows past their deadline are not run, those that were not taken yet of a long request too', async () => {
  const { engine, subject, submit } = scheduler(8, 1000);
  engine.msPerRow = 0.1; // so a run takes 0.8 ms
  const long = submit(many(100), ['predict'], { deadline: 2 });
  const late = submit(many(8), ['predict'], { deadline: -1 });
  await expect(late).rejects.toBeInstanceOf(DeadlineError);
  await expect(long).rejects.toBeInstanceOf(DeadlineError);
  expect(engine.runs.length).toBeLessThan(4);
  expect([subject.queuedRows, subject.queuedBytes]).toEqual([0, 0]);
});

test('says how long the engine takes at the least: few for the few that wait, many for all', async () => {
  const { subject, submit } = scheduler(10, 10_000);
  expect(subject.leastMs(1)).toBeCloseTo(0.01);
  const answers = [submit(many(1000)), submit(many(5))];
  expect(subject.leastMs(100)).toBeCloseTo(11.05);
  expect(subject.leastMs(1)).toBeCloseTo(0.11);
  await Promise.all(answers);
  expect(subject.leastMs(1)).toBeCloseTo(0.01);
});

test('rows that were held up, one by one, do not let two hundred seem to take as long', async () => {
  const { engine, subject, submit } = scheduler(1024, 100_000);
  engine.msPerRow = 100;
  for (let i = 0; i < 10; i++) await submit([1]);
  expect(subject.leastMs(200)).toBeCloseTo(2);
});

test('requests are refused while the queue stands, but for those that the next run has room for', async () => {
  const { engine, subject, submit } = scheduler(8, 100_000);
  expect(subject.takes(-300)).toBe(true);
  engine.clock = 150;
  await submit([1], ['predict'], { cameAt: -100 }); // its wait counts, too
  engine.clock = 200;
  expect(subject.takes(0)).toBe(true);
  const waiting = submit(many(8));
  expect(subject.takes(0)).toBe(false);
  await waiting;
  expect(subject.takes(0)).toBe(true);
});

test('while the queue stands, requests are refused when longer ones wait to be read on', async () => {
  const { engine, subject } = scheduler();
  subject.takes(-300);
  engine.clock = 150;
  subject.takes(-300);
  const read = new Turn().next();
  expect(subject.takes(150)).toBe(true);
  const until = performance.now() + 60; // more than half of what requests may wait for, a tenth of the deadline
  while (performance.now() < until);
  expect(subject.takes(150)).toBe(false);
  await read;
  expect(subject.takes(150)).toBe(true);
});

test('requests are refused while too many bytes wait', async () => {
  const { subject, submit } = scheduler(4, 1000, 40);
  const first = submit([1, 2, 3, 4, 5]);
  await expect(submit([6])).rejects.toBeInstanceOf(QueueFullError);
  await first;
  expect(subject.queuedBytes).toBe(0);
  expect(await submit([6])).toEqual([[12]]);
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
  const gone = submit([1], ['predict'], { abandoned: () => true });
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
  afterEach(() => {
    jest.restoreAllMocks();
    return stopServings();
  });

  test('requests that come while a run is under way form the next one, wrong ones among them', async () => {
    const serving = await startServing();
    // how many rows a run has on the machine of the test is no matter here
    jest.spyOn(serving.model.scheduler as unknown as { rowsPerRun: number }, 'rowsPerRun', 'get').mockReturnValue(1024);
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
    expect(wrong.status).toBe(422);
    const answers = await Promise.all(others);
    expect(answers.map((answer) => (answer.json as { result: unknown[] }).result[0])).toEqual([...labels]);
    expect(serving.engine.batches).toEqual([1, rows.length]);
  });

  test('a run has the rows that it is told to have in any case, however slow they are', async () => {
    let clock = 0; // that only the engine moves on: what the machine does meanwhile has no say in what a row takes
    jest.spyOn(performance, 'now').mockImplementation(() => clock);
    const slow = (engine: Engine): Engine => ({
      name: engine.name,
      run: (inputs, methods) => {
        clock += Object.values(inputs)[0]!.shape[0]!; // a row takes longer than a run should
        return engine.run(inputs, methods);
      },
      close: () => engine.close(),
    });
    const runs = async (settings: { rowsPerRun?: number }) => {
      const serving = await startServing({ settings, wrap: slow });
      const { running, release } = serving.engine.hold();
      const first = send(serving.base, '/predict', { body: [rows[0]] });
      await running;
      const others = Array.from({ length: 6 }, (_, i) => send(serving.base, '/predict', { body: [rows[i + 1]] }));
      while (serving.model.scheduler!.queuedRows < 6) await new Promise((resolve) => setTimeout(resolve, 5));
      release();
      await Promise.all([first, ...others]);
      return serving.engine.batches;
    };
    expect(await runs({ rowsPerRun: 4 })).toEqual([1, 4, 2]);
    expect(await runs({})).toEqual([1, 1, 1, 1, 1, 1, 1]);
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
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(refused.text).toContain('too many rows are waiting');
    }
    release();
    expect((await first).json).toEqual({ result: [labels[0]] });
    expect((await second).json).toEqual({ result: [labels[1], labels[2]] });
    const metrics = await send(serving.base, '/metrics');
    expect(metrics.text).toContain('slipway_refused_requests_total{reason="queue_full"} 2');
  });

  test('what cannot be answered in time is refused before its body is read, and says when to come again', async () => {
    const serving = await startServing();
    jest.spyOn(serving.model.scheduler!, 'leastMs').mockReturnValue(4300);
    const ask = (milliseconds: string, body: unknown) =>
      send(serving.base, '/predict', {
        body,
        headers: { ...JSON_HEADERS, 'x-envoy-expected-rq-timeout-ms': milliseconds },
      });
    const refused = await ask('2000', 'not even JSON');
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '3']);
    expect(refused.text).toContain('the rows that wait would take 4300 ms');
    expect((await ask('5000', rows)).json).toEqual({ result: labels });
    const metrics = await send(serving.base, '/metrics');
    expect(metrics.text).toContain('slipway_refused_requests_total{reason="deadline"} 1');
  });

  test('while more come than can be answered, both protocols refuse before they look at the body, and health holds', async () => {
    const serving = await startServing();
    jest.spyOn(serving.model.scheduler!, 'takes').mockReturnValue(false);
    const refused = await send(serving.base, '/predict', { body: 'not even JSON' });
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(refused.json).toMatchObject({ type: '/problems/queue_full', title: 'Overloaded', status: 503 });
    const { status, json } = await send(serving.base, '/v2/models/breast-cancer/infer', { body: 'nor this' });
    expect([status, json]).toEqual([503, { error: 'more requests come than can be answered; try again in a second' }]);
    expect((await send(serving.base, '/readyz')).status).toBe(200);
    const metrics = await send(serving.base, '/metrics');
    expect(metrics.text).toContain('slipway_refused_requests_total{reason="queue_full"} 2');
  });

  test('a request that waited past its deadline is a 504', async () => {
    const serving = await startServing();
    const { running, release } = serving.engine.hold();
    const first = send(serving.base, '/predict', { body: [rows[0]] });
    await running;
    const submitted = new Promise<void>((resolve) => {
      const submit = serving.model.scheduler!.submit.bind(serving.model.scheduler!);
      jest.spyOn(serving.model.scheduler!, 'submit').mockImplementation((inputs, count, methods, options) => {
        resolve();
        return submit(inputs, count, methods, { ...options, deadline: performance.now() - 1 });
      });
    });
    const late = send(serving.base, '/predict', { body: [rows[1]] });
    await submitted;
    release();
    expect((await first).json).toEqual({ result: [labels[0]] });
    const answer = await late;
    expect([answer.status, (answer.json as { title: string }).title]).toEqual([504, 'Out of time']);
    expect(answer.text).toContain('waited for the 10000 ms that it may take');
  });

  test.each(['0', '-1', '1.5', 'soon', ''])('a time limit of %j is a 400', async (value) => {
    const serving = await startServing();
    const headers = { ...JSON_HEADERS, 'x-envoy-expected-rq-timeout-ms': value };
    const { status, text } = await send(serving.base, '/predict', { body: rows, headers });
    expect(status).toBe(400);
    expect(text).toContain('must be a whole number of milliseconds from 1');
  });
});
