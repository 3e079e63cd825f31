/** Expected numbers are those of scikit-learn 1.9.1 for the same rows. */
import { classMetrics, numberMetrics } from '../../lib/model-difference/metrics';

test('of two classes: accuracy, log loss and the area under the curve, where equal scores count half', () => {
  const second = [0.1, 0.4, 0.35, 0.8, 0.8, 0];
  const metrics = classMetrics(['no', 'no', 'yes', 'yes', 'no', 'no'], {
    labels: ['no', 'no', 'no', 'yes', 'yes', 'no'],
    classes: ['no', 'yes'],
    probabilities: second.map((p) => [1 - p, p]),
  });
  expect(metrics).toMatchObject({ kind: 'classes', accuracy: 4 / 6 });
  // -(ln .9 + ln .6 + ln .35 + ln .8 + ln .2 + ln 1) / 6
  expect(metrics.logLoss).toBeCloseTo(0.5830982879451342, 12);
  expect(metrics.auc).toBeCloseTo(5.5 / 8, 12);
});

test('a certain answer that is wrong costs as much as it does in scikit-learn, and not infinity', () => {
  const { logLoss } = classMetrics([0], { labels: [1], classes: [0, 1], probabilities: [[0, 1]] });
  expect(logLoss).toBeCloseTo(36.04365338911715, 10);
});

test('of three classes the area is the mean of each against the rest', () => {
  const { auc } = classMetrics(['a', 'b', 'c', 'a'], {
    labels: ['a', 'b', 'c', 'b'],
    classes: ['a', 'b', 'c'],
    probabilities: [
      [0.7, 0.2, 0.1],
      [0.3, 0.5, 0.2],
      [0.2, 0.2, 0.6],
      [0.25, 0.6, 0.15],
    ],
  });
  // a: 3 of 4 pairs; b: 2 of 3; c: all
  expect(auc).toBeCloseTo((3 / 4 + 2 / 3 + 1) / 3, 12);
});

test('a label that the model does not have is wrong, and leaves no log loss', () => {
  const metrics = classMetrics([undefined, 1], {
    labels: [0, 1],
    classes: [0, 1],
    probabilities: [
      [1, 0],
      [0, 1],
    ],
  });
  expect(metrics).toEqual({ kind: 'classes', accuracy: 0.5 });
});

test('of numbers: RMSE, MAE and R²', () => {
  const metrics = numberMetrics([3, -0.5, 2, 7], [2.5, 0, 2, 8]);
  expect(metrics.rmse).toBeCloseTo(Math.sqrt(0.375), 12);
  expect(metrics.mae).toBeCloseTo(0.5, 12);
  expect(metrics.r2).toBeCloseTo(0.9486081370449679, 12);
  expect(numberMetrics([1, 1], [1, 2])).not.toHaveProperty('r2');
});
