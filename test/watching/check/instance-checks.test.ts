import { samplesOf } from '../../../lib/model/formats/prometheus-text';
import { INSTANCE_CHECKS } from '../../../lib/watching/check/instance-checks';
import { thrownBy } from '../../../testing/error-of';

const looks = (before: string, after = before, seconds = 60) => ({
  before: samplesOf(before),
  after: samplesOf(after),
  seconds,
});

const cpu = (user: number, idle: number, steal = 0) =>
  ['user', 'idle', 'iowait', 'steal']
    .map((mode, i) => `slipway_instance_cpu_seconds_total{mode="${mode}"} ${[user, idle, 0, steal][i]}`)
    .join('\n');

test('CPU is what was not idle between two looks', () => {
  const { performance } = INSTANCE_CHECKS.cpu.find(looks(cpu(100, 300), cpu(120, 370, 10)));
  expect(performance[0]).toEqual({ label: 'cpu', value: expect.closeTo(30), unit: '%', minimum: 0, maximum: 100 });
});

test('memory is what programs could not get any more', () => {
  const text = 'slipway_instance_memory_bytes 4294967296\nslipway_instance_memory_available_bytes 1073741824';
  expect(INSTANCE_CHECKS.memory.find(looks(text))).toMatchObject({
    text: '75.0 % of 4.0 GiB in use, 1.0 GiB left',
    performance: [{ value: 75 }, { label: 'memory_available', value: 1073741824, unit: 'B' }],
  });
});

const requests = (good: number, bad: number, probes: number) => `
slipway_http_requests_total{route="/predict",code="200"} ${good}
slipway_http_requests_total{route="/v2/models/{model}/infer",code="503"} ${bad}
slipway_http_requests_total{route="/readyz",code="503"} ${probes}`;

test('errors are those of predictions, not of health checks', () => {
  const { performance } = INSTANCE_CHECKS.errors.find(looks(requests(100, 0, 5), requests(190, 10, 50)));
  expect(performance.map(({ value }) => value)).toEqual([10, 100 / 60]);
});

test('a handler that was started anew in between has counted from nought', () => {
  const { performance } = INSTANCE_CHECKS.errors.find(looks(requests(1000, 10, 0), requests(9, 1, 0)));
  expect(performance[0]!.value).toBe(10);
});

test('no request is no error, and refusals for want of room or time are counted by the minute', () => {
  expect(INSTANCE_CHECKS.errors.find(looks(requests(5, 5, 5))).performance[0]!.value).toBe(0);
  const refused = (full: number, access: number) =>
    `slipway_refused_requests_total{reason="queue_full"} ${full}\nslipway_refused_requests_total{reason="access"} ${access}`;
  const { performance } = INSTANCE_CHECKS.refused.find(looks('', refused(4, 99), 30));
  expect(performance[0]!.value).toBe(8);
});

test('a handler that does not predict is a fault', () => {
  const text = 'slipway_model_ready 0\nslipway_model_info{model="credit",version="ab12"} 1';
  expect(INSTANCE_CHECKS.ready.find(looks(text))).toMatchObject({ fault: expect.any(String), text: 'credit ab12' });
});

test.each(Object.keys(INSTANCE_CHECKS) as (keyof typeof INSTANCE_CHECKS)[])(
  '%s of a page that is no measurements',
  (name) => {
    const page = '<html>slipway_ is not here</html>';
    // a counter that counted nothing is not there
    if (name === 'errors' || name === 'refused') return;
    expect(thrownBy(() => INSTANCE_CHECKS[name].find(looks(page)))).toMatchObject({ code: 'E_UNREACHABLE' });
  },
);
