/** What the handler tells CloudWatch of itself each minute. The handler writes it, the stack shows it: both read this file. */

/** Seconds that one line is about. */
export const HANDLER_METRICS_PERIOD_SECONDS = 60;

/** Metrics by name, with their CloudWatch units. The load balancer counts requests and their latency already. */
export const HANDLER_METRICS = {
  /** Rows that were evaluated. */
  Rows: 'Count',
  /** Requests refused for want of room or time. */
  Overloaded: 'Count',
  /** 99th percentile of the time that requests waited for their run, as the upper bound of its histogram's bucket. */
  QueueWaitP99: 'Milliseconds',
  /** 99th percentile of how late the event loop was. */
  EventLoopDelayP99: 'Milliseconds',
} as const;

/** What is told of each of several versions of a model each minute; none where it is served alone. */
export const VERSION_METRICS = {
  /** Requests for predictions that it was asked for, answered or refused. */
  VersionRequests: 'Count',
  /** Of them those that were answered 5xx. */
  VersionErrors: 'Count',
  /** 99th percentile of the time from the head of such a request to its answer, to a tenth. */
  VersionP99: 'Milliseconds',
  /** Mean of what it answers: of numbers themselves, of classes the probability of the last, or 1 and 0 where labels alone were asked for. */
  VersionPrediction: 'None',
} as const;

export type VersionMetric = keyof typeof VERSION_METRICS;

/** Counter of Prometheus: health checks of a load balancer that were answered with 200. */
export const PROBES_METRIC = 'slipway_load_balancer_probes_total';

/**
 * Upper bounds of the buckets of latencies, seconds; from a tenth of a millisecond, which one row of a small model takes, to
 * the load balancer's patience.
 */
export const LATENCY_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Label `route` of the routes that predict, as a regular expression of Prometheus, which is one of JavaScript, too. */
export const PREDICTION_ROUTES = '/predict|/predict_proba|/decision_function|/invocations|/v2/models/.*/infer';

export type HandlerMetric = keyof typeof HANDLER_METRICS;

/** What is told of a shadow each minute, where there is one. */
export const SHADOW_METRICS = {
  /** Rows that it answered. */
  ShadowRows: 'Count',
  /** Of them those with the same label, or a number within the tolerance, in every output that was compared. */
  ShadowAgreeingRows: 'Count',
  /** Rows that it would have refused, or whose run failed. */
  ShadowUnansweredRows: 'Count',
  /** Rows that it was not given: its queue was full, or it was not there. */
  ShadowDroppedRows: 'Count',
  /** Of numbers and probabilities, and 1 for another label. */
  ShadowLargestDifference: 'None',
  /** CPU time of its process. */
  ShadowCpu: 'Milliseconds',
} as const;

export type ShadowMetric = keyof typeof SHADOW_METRICS;
