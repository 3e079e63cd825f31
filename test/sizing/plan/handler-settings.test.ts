import { MOST_ROWS_PER_RUN } from '../../../lib/model/instance/handler-settings';
import { handlerSettings } from '../../../lib/sizing/plan/handler-settings';
import { gpuPlan, groupPlan, joiningPlan } from '../../constructs/example-plan';

test('a handler is told what its plan counts on', () => {
  expect(handlerSettings(groupPlan)).toEqual({
    workers: 2,
    threadsPerWorker: 1,
    queueRows: 321,
    queueBytes: 25_000_000,
    deadlineMs: 1400,
  });
});

test('a run takes all rows of the requests that are joined, and no more than a handler allows', () => {
  expect(handlerSettings(joiningPlan).rowsPerRun).toBe(24);
  const large = { ...joiningPlan, serviceLevel: { ...joiningPlan.serviceLevel, rowsPerRequest: 5000 } };
  expect(handlerSettings(large).rowsPerRun).toBe(MOST_ROWS_PER_RUN);
});

test('a plan with a GPU has the handler use it', () => {
  expect(handlerSettings(gpuPlan).engine).toBe('cuda');
});
