/** What `/metrics` says of an instance and its handler, as checks. Rates are those between two looks. */
import { SlipwayError } from '../../model/error';
import type { Samples } from '../../model/formats/prometheus-text';
import { PREDICTION_ROUTES } from '../../model/instance/handler-metrics';
import type { InstanceCheckName } from './checks';
import type { Finding } from './outcome';

/** Two looks at `/metrics`. */
export interface Looks {
  readonly before: Samples;
  readonly after: Samples;
  readonly seconds: number;
}

export interface InstanceCheck {
  /** Whether it needs two looks. */
  readonly rate: boolean;
  readonly find: (looks: Looks) => Finding;
}

type Wanted = (labels: Readonly<Record<string, string>>) => boolean;

const ALL: Wanted = () => true;

/** @throws SlipwayError E_UNREACHABLE for a handler that does not measure it */
function sum(samples: Samples, name: string, wanted: Wanted = ALL): number {
  const found = samples.get(name);
  if (!found) {
    throw new SlipwayError(
      'E_UNREACHABLE',
      `there is no ${name} in its measurements; is it a handler of Slipway, on Linux?`,
    );
  }
  return found.reduce((total, { labels, value }) => total + (wanted(labels) ? value : 0), 0);
}

/** A counter that has not counted anything has no line; one that fell has begun anew. */
function increase({ before, after }: Looks, name: string, wanted: Wanted = ALL): number {
  const of = (samples: Samples) => (samples.has(name) ? sum(samples, name, wanted) : 0);
  const [from, to] = [of(before), of(after)];
  return to < from ? to : to - from;
}

const PREDICTS = new RegExp(`^(?:${PREDICTION_ROUTES})$`);
const predicts: Wanted = ({ route }) => PREDICTS.test(route!);

const percent = (label: string, value: number, text: string): Finding => ({
  text: `${value.toFixed(1)} % ${text}`,
  performance: [{ label, value, unit: '%', minimum: 0, maximum: 100 }],
});

const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

function used(samples: Samples, label: string, [all, left]: readonly [string, string]): Finding {
  const [bytes, available] = [sum(samples, all), sum(samples, left)];
  const found = percent(label, 100 * (1 - available / bytes), `of ${gib(bytes)} in use, ${gib(available)} left`);
  const more = { label: `${label}_available`, value: available, unit: 'B', minimum: 0, maximum: bytes } as const;
  return { ...found, performance: [...found.performance, more] };
}

const IDLE: Wanted = ({ mode }) => mode === 'idle' || mode === 'iowait';
const CPU = 'slipway_instance_cpu_seconds_total';
const REQUESTS = 'slipway_http_requests_total';

export const INSTANCE_CHECKS = {
  ready: {
    rate: false,
    find: ({ after }) => {
      const ready = sum(after, 'slipway_model_ready');
      const models = (after.get('slipway_model_info') ?? []).map(({ labels }) => `${labels.model} ${labels.version}`);
      const restarts = after.get('slipway_handler_restarts_total')?.[0]?.value;
      return {
        text: models.join(', '),
        performance: [
          { label: 'ready', value: ready, minimum: 0, maximum: 1 },
          ...(restarts === undefined ? [] : ([{ label: 'restarts', value: restarts, unit: 'c' }] as const)),
        ],
        ...(ready === 0 && { fault: 'it does not predict: loading, warming up, or its golden rows do not hold' }),
      };
    },
  },
  cpu: {
    rate: true,
    find: (looks) => {
      const all = increase(looks, CPU);
      if (all === 0) sum(looks.after, CPU); // says that it is not measured there
      const busy = all === 0 ? 0 : 100 * (1 - increase(looks, CPU, IDLE) / all);
      const load = looks.after.get('slipway_instance_load1')?.[0]?.value;
      const found = percent('cpu', busy, `of the processors busy in ${looks.seconds.toFixed(0)} s`);
      return load === undefined
        ? found
        : { ...found, performance: [...found.performance, { label: 'load1', value: load, minimum: 0 }] };
    },
  },
  memory: {
    rate: false,
    find: ({ after }) =>
      used(after, 'memory', ['slipway_instance_memory_bytes', 'slipway_instance_memory_available_bytes']),
  },
  disk: {
    rate: false,
    find: ({ after }) =>
      used(after, 'disk', ['slipway_instance_filesystem_size_bytes', 'slipway_instance_filesystem_available_bytes']),
  },
  errors: {
    rate: true,
    find: (looks) => {
      const all = increase(looks, REQUESTS, predicts);
      const failed = increase(looks, REQUESTS, (labels) => predicts(labels) && labels.code!.startsWith('5'));
      const found = percent('errors', all === 0 ? 0 : (100 * failed) / all, `of ${all} requests failed`);
      const rate = { label: 'requests', value: all / looks.seconds, minimum: 0 };
      return { ...found, performance: [...found.performance, rate] };
    },
  },
  refused: {
    rate: true,
    find: (looks) => {
      const refused = increase(looks, 'slipway_refused_requests_total', ({ reason }) =>
        ['queue_full', 'deadline'].includes(reason!),
      );
      const value = (60 * refused) / looks.seconds;
      return {
        text: `${value.toFixed(1)} requests a minute refused`,
        performance: [{ label: 'refused', value, minimum: 0 }],
      };
    },
  },
} as const satisfies Record<InstanceCheckName, InstanceCheck>;
