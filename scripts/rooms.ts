/**
 * The rooms of the house and the doors between them.
 *
 * Each line is a room, with the rooms that it may open: lines above its own, so that no room opens one that opens it.
 * `npm run doors` makes the lint rule of this table; tests hold the code and the folders against it.
 */

/** Index of a room: nothing of it may be opened but its `index.ts`. */
const ENGINE = 'lambda/inference/engine/index';

export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'lib/model': [],
  'lambda/reporting': ['lib/model'],
  'lambda/inference': ['lib/model', 'lambda/reporting'],
  'lambda/shipping': ['lib/model', 'lambda/reporting'],
  'lib/packaging': ['lib/model', ENGINE],
  'lib/profiling': ['lib/model', ENGINE, 'lambda/inference/json'],
  'lib/sizing': ['lib/model'],
  'lib/comparison': ['lib/model', 'lib/sizing'],
  'lib/model-difference': ['lib/model', 'lib/packaging', ENGINE],
  'lib/report': ['lib/model', 'lib/sizing', 'lib/comparison', 'lib/model-difference'],
  'lib/aws': ['lib/model'],
  'lib/snapshots': [],
  'lambda/verification': ['lib/model'],
  'lib/image': ['lib/model', 'lib/aws'],
  'lib/config': ['lib/model', 'lib/aws', 'lib/packaging', 'lib/sizing', 'lib/image'],
  'lib/watching': ['lib/model', 'lib/sizing', 'lib/config', 'lambda/verification'],
  'lib/artifacts': ['lib/model'],
  'lib/model-registry': ['lib/model', 'lib/aws', 'lib/artifacts'],
  'lib/deployed': ['lib/model', 'lib/aws', 'lib/artifacts'],
  'lib/borrowed-instance': ['lib/model', 'lib/aws', 'lib/sizing', 'lib/image', 'lib/artifacts'],
  'lib/constructs': ['lib/model', 'lib/aws', 'lib/sizing', 'lib/artifacts'],
  'lib/stacks': ['lib/model', 'lib/aws', 'lib/sizing', 'lib/image', 'lib/artifacts', 'lib/constructs', 'lib/config'],
};

/**
 * Rooms within a room, by their names in it; `.` are the files that lie right in the room around, which mostly put the
 * inner rooms together. Each inner room may open what the room around it may open, too. A house stands behind the one that it lies in.
 */
export const INNER_ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'lib/model': {
    text: [],
    formats: ['.'],
    files: ['.'],
    process: [],
    rows: ['.', 'formats'],
    stage: [],
    instance: ['.', 'rows', 'stage'],
    package: ['.', 'files', 'formats', 'instance', 'rows', 'text'],
  },
  'lambda/inference': {
    log: [],
    turns: [],
    json: ['turns'],
    engine: [],
    page: [],
    http: ['json', 'log'],
    'http/plain': ['http'],
    access: ['http', 'log'],
    invocations: ['http', 'log'],
    telemetry: ['http', 'log'],
    interruption: ['log'],
    tracing: ['http', 'log'],
    'data-quality': ['engine', 'log', 'telemetry'],
    serving: ['data-quality', 'engine', 'json', 'log', 'turns'],
    shadow: ['engine', 'http', 'json', 'log', 'serving', 'telemetry'],
    openapi: ['http', 'page', 'serving'],
    protocols: ['http', 'json', 'openapi', 'serving', 'shadow', 'telemetry'],
    cluster: ['engine', 'http', 'log', 'protocols', 'serving', 'telemetry'],
  },
  'lambda/inference/engine': {
    contract: [],
    native: ['contract'],
  },
  'lambda/inference/engine/native': {
    trees: [],
    graph: ['trees'],
    operators: ['graph', 'trees'],
  },
  'lib/packaging': {
    joblib: [],
    onnx: [],
    estimator: ['joblib', 'onnx'],
    'graph-parts': ['estimator', 'joblib', 'onnx'],
    'onnx-import': ['estimator', 'onnx'],
    archives: ['joblib'],
    skops: ['archives', 'joblib'],
    sources: ['archives', 'joblib', 'skops'],
    sklearn: ['estimator', 'graph-parts', 'joblib', 'onnx'],
    boosters: ['estimator', 'graph-parts', 'joblib', 'onnx'],
    converters: ['boosters', 'estimator', 'graph-parts', 'joblib', 'sklearn'],
    golden: ['joblib'],
    conversion: [
      ...['archives', 'boosters', 'converters', 'estimator', 'golden', 'joblib', 'onnx', 'onnx-import'],
      ...['skops', 'sources'],
    ],
    inspect: ['conversion', 'converters', 'estimator', 'joblib', 'onnx'],
  },
  'lib/packaging/sklearn': {
    clustering: [],
    encoding: [],
    imputation: [],
    kernels: [],
    neighbours: [],
    neural: [],
    probabilistic: [],
    scaling: [],
    trees: [],
    composition: ['scaling'],
    decomposition: ['scaling'],
    text: ['scaling'],
    linear: ['decomposition'],
    selection: ['trees'],
    ensembles: ['probabilistic', 'trees'],
  },
  'lib/sizing': {
    catalogue: [],
    'service-level': ['catalogue'],
    plan: ['catalogue', 'service-level'],
    alarms: ['plan', 'service-level'],
    demand: ['catalogue', 'plan', 'service-level'],
    bill: ['alarms', 'catalogue', 'demand', 'plan', 'service-level'],
    judgement: ['catalogue', 'demand', 'plan', 'service-level'],
    search: ['bill', 'catalogue', 'demand', 'judgement', 'plan', 'service-level'],
    function: ['alarms', 'bill', 'catalogue', 'demand', 'judgement', 'plan', 'service-level'],
  },
  'lib/constructs': {
    findings: [],
    network: ['findings'],
    encryption: [],
    boot: ['encryption'],
    fleet: ['boot', 'findings'],
    'front-door': ['boot', 'findings'],
    monitoring: ['findings', 'fleet'],
    rollout: ['boot', 'encryption', 'findings', 'fleet', 'front-door'],
    function: ['boot', 'encryption', 'findings', 'front-door', 'monitoring', 'rollout'],
  },
  'lib/watching': {
    check: [],
    stage: [],
    nagios: ['check', 'stage'],
    prometheus: ['stage'],
    zabbix: ['stage'],
    grafana: ['prometheus', 'stage'],
    otel: ['prometheus', 'stage'],
  },
};

/** Folders around the house, which opens none of them. Each may open the whole house, use every library, and these. */
export const AROUND: Readonly<Record<string, readonly string[]>> = {
  bin: [],
  testing: [],
  scripts: ['testing'],
  bench: ['bin', 'testing'],
  proof: ['bin', 'testing', 'scripts'],
  test: ['bin', 'testing', 'scripts'],
};

/** Libraries that few rooms may use, as they are imported. */
export const LIBRARIES: readonly { readonly imports: readonly string[]; readonly usedIn: readonly string[] }[] = [
  { imports: ['aws-cdk-lib', 'aws-cdk-lib/**', 'constructs'], usedIn: ['lib/constructs', 'lib/stacks'] },
  { imports: ['onnxruntime-node', 'onnxruntime-node/**'], usedIn: ['lambda/inference/engine'] },
  {
    imports: ['@aws-sdk/**'],
    usedIn: [
      'lib/sizing',
      'lib/comparison',
      'lib/image',
      'lib/deployed',
      'lib/borrowed-instance',
      'lambda/verification',
      'lambda/shipping',
    ],
  },
];
