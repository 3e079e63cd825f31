/** The alarm on server errors, with series as CloudWatch has them: a metric that counted nothing has no datapoint. */
import { endpointTemplate } from '../endpoint-template';
import { groupPlan } from '../example-plan';
import { type AlarmProperties, alarmOn, type Datapoints, evaluate } from './metric-math';

const { template } = endpointTemplate({ plan: groupPlan });
const [, { Properties }] = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).find(([id]) =>
  id.startsWith('EndpointAlarmsServerErrors'),
)! as unknown as [string, { Properties: AlarmProperties }];

const none: Datapoints = Array(10).fill(undefined);
const always = (value: number): Datapoints => Array(10).fill(value);
/** Five datapoints each. */
const then = (before: number | undefined, after: number | undefined): Datapoints => [
  ...Array(5).fill(before),
  ...Array(5).fill(after),
];

const expression = Properties.Metrics!.find(({ Expression }) => Expression)!.Expression!;
const percent = (series: Record<string, Datapoints>) => evaluate(expression, series, 10);
const lastOf = (series: Record<string, Datapoints>) => alarmOn(Properties, series, 10).at(-1);

test.each([
  ['of the handler', { requests: always(200), byBalancer: none, byHandler: always(10) }, 5],
  ['of the load balancer', { requests: always(190), byBalancer: always(10), byHandler: none }, 5],
  ['of both', { requests: always(180), byBalancer: always(20), byHandler: always(20) }, 20],
  ['none', { requests: always(200), byBalancer: none, byHandler: none }, 0],
  ['no requests', { requests: none, byBalancer: none, byHandler: none }, 0],
])('the share of the errors: %s', (_, series, expected) => expect(percent(series)).toEqual(always(expected)));

test('without any target every request is answered 503 by the load balancer, and all of them fail', () => {
  const series = { requests: none, byBalancer: always(400), byHandler: none };
  expect(percent(series)).toEqual(always(100));
  expect(lastOf(series)).toBe(true);
});

test('the alarm stays on when the last target goes', () => {
  const series = { requests: then(200, undefined), byBalancer: then(undefined, 300), byHandler: then(20, undefined) };
  expect(alarmOn(Properties, series, 10).slice(4)).toEqual(Array(6).fill(true));
});

test('the alarm is off without errors, without requests, and below the threshold of the plan', () => {
  expect(lastOf({ requests: always(200), byBalancer: none, byHandler: none })).toBe(false);
  expect(lastOf({ requests: none, byBalancer: none, byHandler: none })).toBe(false);
  expect(lastOf({ requests: always(1000), byBalancer: none, byHandler: always(20) })).toBe(false);
});

test('the alarm ends when the errors end', () => {
  const series = { requests: always(200), byBalancer: none, byHandler: then(20, undefined) };
  expect(alarmOn(Properties, series, 10)[4]).toBe(true);
  expect(lastOf(series)).toBe(false);
});
