import { UNDECIDED } from '../../../../lib/model/rows/undecided-row';
import { send } from '../http-client';
import { labels, rows, type Serving, startServing, stopServings } from '../serving';

/** What ONNX Runtime says when a graph asks its table for an element that is not there. */
const failure = (index: number) =>
  `Non-zero status code returned while running Gather node. Name:'' Status Message: indices element out of data bounds, idx=${index} must be within the inclusive range [-1,0]`;

let serving: Serving;
let message = '';
const tied = [0.5, ...rows[0]!.slice(1)];
beforeAll(async () => {
  serving = await startServing({
    wrap: (engine) => ({
      name: engine.name,
      close: () => engine.close(),
      run: async (inputs, methods) => {
        const [tensor] = Object.values(inputs);
        const width = tensor!.shape[1]!;
        if (tensor!.data.some((value, i) => i % width === 0 && value === 0.5)) throw new Error(message);
        return engine.run(inputs, methods);
      },
    }),
  });
});
afterAll(stopServings);

const post = (body: unknown, path = '/predict') => send(serving.base, path, { body });

test('a row that the model leaves undecided is refused, and requests that were run with it are answered', async () => {
  message = failure(UNDECIDED.imputed);
  const { running, release } = serving.engine.hold();
  const first = post([rows[0]]); // what comes while it runs is run together
  await running;
  const others = [post([tied]), post([rows[1]])];
  while (serving.model.scheduler!.queuedRows < 2) await new Promise(setImmediate);
  release();
  const [before, refused, answered] = await Promise.all([first, ...others]);
  expect(before!.json).toEqual({ result: [labels[0]] });
  expect(answered!.json).toEqual({ result: [labels[1]] });
  expect(refused!.status).toBe(422);
  expect(refused!.json).toMatchObject({
    type: '/problems/input',
    detail: expect.stringContaining('expected rows whose missing values the training data decide'),
  });
});

test('says so by the Open Inference Protocol too', async () => {
  message = failure(UNDECIDED.imputed);
  const inputs = [{ name: 'input', shape: [1, tied.length], datatype: 'FP64', data: tied }];
  const reply = await post({ inputs }, `/v2/models/${serving.model.name}/infer`);
  expect(reply.status).toBe(400);
  expect((reply.json as { error: string }).error).toMatch(
    /^expected rows whose missing values the training data decide/,
  );
});

test('an index that a model of another exporter does not know is a wrong value, and any other failure ours', async () => {
  message = failure(77);
  const unknown = await post([tied]);
  expect(unknown.status).toBe(422);
  expect(unknown.text).toContain(
    'expected indices that the model has, got 77, which lies outside of one of its tables',
  );
  message = 'the disk is full';
  expect((await post([tied])).status).toBe(500);
});
