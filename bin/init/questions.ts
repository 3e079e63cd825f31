/** What `init` asks: each question once, with what it suggests and what it takes. Flags of the same names are checked alike. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LIMITS } from '../../lib/aws/limits';
import { notifyProblems } from '../../lib/aws/notify-problems';
import { parseDuration } from '../../lib/config/quantity';
import { tagsSchema } from '../../lib/config/tags';
import { IDLE_TIMEOUT_SECONDS } from '../../lib/model/instance/handler-settings';
import { MODEL_NAME } from '../../lib/model/package/manifest';
import { nameOf } from '../../lib/packaging/model-file';
import { DEFAULT_REGION } from '../../lib/sizing/catalogue/catalogue';
import { COMPUTES } from '../../lib/sizing/service-level/compute';
import { goldenBeside } from '../project/saved-folder';
import { PIPELINES } from './pipelines';

/** As they are typed. */
export interface Answers {
  readonly name: string;
  readonly golden: string;
  readonly region: string;
  readonly compute: string;
  readonly domain: string;
  readonly zone: string;
  readonly zoneId: string;
  readonly callers: string;
  readonly rps: string;
  readonly meanRps: string;
  readonly p99: string;
  readonly notify: string;
  readonly tags: string;
  readonly ci: string;
}

export interface Question {
  readonly key: keyof Answers;
  /** Of the command line. */
  readonly option: string;
  readonly text: string;
  /** What is taken where nobody says anything. @default - it must be said */
  readonly suggested?: (before: Partial<Answers>, file: string) => string;
  /** What is wrong with an answer, as a phrase that begins with "must", "is" or "does". */
  readonly problem: (answer: string) => string | undefined;
  /** @default - always */
  readonly asked?: (before: Partial<Answers>) => boolean;
}

export const NONE = 'none';

/** Of what answers: the plans decide. */
export const CHEAPEST = 'cheapest';

/** Of those who may call. */
export const EVERYBODY = 'all';
export const INTERNAL = 'internal';

const unlessNone = (problem: (answer: string) => string | undefined) => (answer: string) =>
  answer === NONE ? undefined : problem(answer);

const isFunction = ({ compute }: Partial<Answers>) => compute === 'lambda';
const hasDomain = ({ domain = NONE }: Partial<Answers>) => domain !== NONE;

const rateProblem = (answer: string) =>
  Number(answer) > 0 && Number.isFinite(Number(answer)) ? undefined : 'must be a number above 0';

export const QUESTIONS: readonly Question[] = [
  {
    key: 'name',
    option: '--name <name>',
    text: 'Name of the model',
    suggested: (_, file) => suggestedName(file),
    problem: (answer) =>
      MODEL_NAME.test(answer)
        ? undefined
        : 'must be up to 48 lower-case letters, digits and hyphens, as in "credit-risk"',
  },
  {
    key: 'golden',
    option: '--golden <file>',
    text: 'File with golden rows, or none',
    suggested: (_, file) => goldenBeside(file) ?? NONE,
    problem: unlessNone((answer) => (existsSync(answer) ? undefined : 'does not exist')),
  },
  {
    key: 'region',
    option: '--region <region>',
    text: 'AWS region',
    suggested: () => DEFAULT_REGION,
    problem: LIMITS.region.problem,
  },
  {
    key: 'compute',
    option: '--compute <kind>',
    text: 'What answers: instances, lambda (a function for few requests), or the cheapest by its plan',
    suggested: () => CHEAPEST,
    problem: (answer) =>
      COMPUTES.some((kind) => kind === answer) ? undefined : `must be one of ${COMPUTES.join(', ')}`,
    asked: ({ domain = NONE }) => domain === NONE, // who has a name has a load balancer
  },
  {
    key: 'domain',
    option: '--domain <name>',
    text: 'Host name that clients will call, or none for one of AWS',
    suggested: () => NONE,
    asked: (before) => !isFunction(before),
    problem: unlessNone(LIMITS.hostName.problem),
  },
  {
    key: 'zone',
    option: '--zone <name>',
    text: 'Hosted zone of Route 53 that it is in',
    suggested: ({ domain = '' }) => (domain.split('.').length > 2 ? domain.slice(domain.indexOf('.') + 1) : domain),
    problem: LIMITS.hostName.problem,
    asked: hasDomain,
  },
  {
    key: 'zoneId',
    option: '--zone-id <id>',
    text: 'Id of that zone ("aws route53 list-hosted-zones-by-name" prints it)',
    problem: LIMITS.zoneId.problem,
    asked: hasDomain,
  },
  {
    key: 'callers',
    option: '--callers <who>',
    text: 'Who may reach it: all, internal (the network alone), or ranges of addresses with commas',
    suggested: () => EVERYBODY,
    problem: (answer) =>
      [EVERYBODY, INTERNAL].includes(answer) ? undefined : separated(answer).map(LIMITS.caller.problem).find(Boolean),
    asked: hasDomain,
  },
  {
    key: 'rps',
    option: '--rps <number>',
    text: 'Requests per second at the peak',
    suggested: () => '20',
    problem: rateProblem,
  },
  {
    key: 'meanRps',
    option: '--mean-rps <number>',
    text: 'Requests per second in the mean of a month, or none where nobody knows: the bill then counts the peak all day',
    suggested: () => NONE,
    problem: unlessNone(rateProblem),
  },
  {
    key: 'p99',
    option: '--p99 <duration>',
    text: 'Latency that 99 of 100 requests keep',
    suggested: () => '100ms',
    problem: (answer) => {
      const milliseconds = parseDuration(answer);
      if (milliseconds === undefined) return 'must be a duration with its unit, e.g. 40ms or 0.5s';
      return milliseconds > 1000 * IDLE_TIMEOUT_SECONDS ? `must be at most ${IDLE_TIMEOUT_SECONDS}s` : undefined;
    },
  },
  {
    key: 'notify',
    option: '--notify <addresses>',
    text: 'E-mail addresses to tell of alarms, with commas, or none',
    suggested: () => NONE,
    problem: (answer) => notifyProblems(notified(answer))[0]?.message,
  },
  {
    key: 'tags',
    option: '--tags <tags>',
    text: 'Tags on all that is made, as team=risk,cost-centre=42, or none',
    suggested: () => NONE,
    problem: unlessNone(tagsProblem),
  },
  {
    key: 'ci',
    option: '--ci <system>',
    text: `A pipeline for ${Object.keys(PIPELINES).join(', ')}, or none`,
    suggested: () => NONE,
    problem: unlessNone((answer) =>
      Object.hasOwn(PIPELINES, answer) ? undefined : `must be ${Object.keys(PIPELINES).join(', ')} or none`,
    ),
  },
];

/** The file is mostly called `model.joblib`; then its folder may say more. */
export function suggestedName(file: string): string {
  const name = nameOf(file);
  const folder = nameOf(dirname(resolve(file)));
  return name === 'model' && MODEL_NAME.test(folder) ? folder : name;
}

export const separated = (answer: string): string[] => answer.split(',').map((one) => one.trim());

/** As they are typed, one `key=value` behind the other. */
export function tagsOf(answer: string): Readonly<Record<string, string>> | undefined {
  if (answer === NONE) return undefined;
  return Object.fromEntries(
    separated(answer).map((tag) => {
      const at = tag.indexOf('=');
      return [tag.slice(0, at).trim(), tag.slice(at + 1).trim()];
    }),
  );
}

function tagsProblem(answer: string): string | undefined {
  if (separated(answer).some((tag) => !tag.includes('=')))
    return 'must be keys with values, as team=risk,cost-centre=42';
  const [issue] = tagsSchema.safeParse(tagsOf(answer)).error?.issues ?? [];
  return issue && `${issue.message}${issue.path.length > 0 ? ` (${issue.path.join('.')})` : ''}`;
}

export function notified(answer: string): readonly string[] | 'none' {
  return answer === NONE ? NONE : separated(answer);
}
