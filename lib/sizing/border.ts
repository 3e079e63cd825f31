/** Whether another profile would lead to another fleet. */
import type { Interval } from '../model/package/profile-doubts';
import type { Catalogue } from './catalogue/catalogue';
import type { Demand } from './demand/demand';
import type { Candidate, Uncertainty } from './plan/plan';
import { candidateOf, decimals } from './search/rounded';
import { best, type Option, optionsUpTo } from './search/search';

/** By how much two profiles of a quiet machine may differ, and the most that is asked. */
const PROFILES_DIFFER = 0.03;
const MOST_OFF = 0.5;
/** Fleets that are the answer for less of the CPU time may not be named. */
const RESOLUTION = 0.06;

const within = (interval: number) => decimals(Math.min(MOST_OFF, Math.max(PROFILES_DIFFER, interval)), 2);

/** The request, with so many times the CPU time at light load. */
function atLight(request: Demand['request'], times: number): Demand['request'] {
  const [first, ...others] = request.modes;
  const scaled = (mode: typeof first) => ({ ...mode, lightCpuMs: Math.max(mode.cpuMs, mode.lightCpuMs * times) });
  return { ...request, modes: [scaled(first), ...others.map(scaled)] };
}

const isSameFleet = (a: Candidate, b: Candidate) => a.instances === b.instances && a.instanceType === b.instanceType;

/** An answer, and what multiplies the CPU time that it is for. */
interface Answer {
  readonly times: number;
  readonly option: Option | undefined;
}

const fleetOf = ({ option }: Answer) => option && `${option.fleet.instances} x ${option.candidate.type.name}`;

/**
 * The answers from one to another, both included. Between two that differ there may be others, even where they are of one type,
 * so the middle is asked for, until little is left.
 */
function* answersBetween(from: Answer, to: Answer, at: (times: number, likely: Option) => Answer): Generator<Answer> {
  const likely = from.option ?? to.option;
  if (fleetOf(from) === fleetOf(to) || to.times - from.times <= RESOLUTION || !likely) {
    yield from;
    yield to;
    return;
  }
  const middle = at((from.times + to.times) / 2, likely);
  yield* answersBetween(from, middle, at);
  yield* answersBetween(middle, to, at);
}

/** The answers on either side, where they are other fleets: each by its interval takes less, or more. */
export function borderOf(
  choice: Option,
  demand: Demand,
  catalogue: Catalogue,
  { busy, light }: Interval,
): Uncertainty['border'] {
  const [off, lightOff] = [within(busy), within(light)];
  const { reference, gpu } = demand;
  const demandAt = (times: number): Demand => {
    const scaled = <T extends { readonly speed: number }>(some: T): T => ({ ...some, speed: some.speed * times });
    const lightTimes = 1 + ((times - 1) / off) * lightOff;
    return {
      ...demand,
      request: atLight(demand.request, lightTimes / times),
      reference: scaled(reference),
      ...(gpu && { gpu: { ...gpu, host: scaled(gpu.host) } }),
    };
  };
  const { budgetUsdPerMonth: budget = Number.POSITIVE_INFINITY } = demand.serviceLevel;
  const from =
    (types: Catalogue['types']) =>
    (times: number, { candidate }: Option): Answer => {
      const option = best(demandAt(times), types, catalogue, candidate.type);
      return { times, option: option && option.usdPerMonth <= budget ? option : undefined };
    };
  const isChoice = ({ candidate, fleet }: Option) =>
    candidate.type === choice.candidate.type &&
    fleet.instances === choice.fleet.instances &&
    candidate.mode.service.requests === choice.candidate.mode.service.requests;
  const here: Answer = { times: 1, option: choice };
  const highest = from(catalogue.types)(1 + off, choice);
  // what costs more than the answer on the high side, though it has least to do, is no answer anywhere
  const most = highest.option?.usdPerMonth ?? budget;
  const cheapest = optionsUpTo(demandAt(1 - off), catalogue.types, catalogue, Math.max(most, choice.usdPerMonth));
  const lowest: Answer = { times: 1 - off, option: cheapest[0] };
  const at = from(cheapest.map(({ candidate }) => candidate.type));
  const other = ({ option }: Answer) => (option && !isChoice(option) ? candidateOf(option) : undefined);
  const [less, more] = [other(lowest), other(highest)];
  if (!less && !more) return undefined;
  const between: Candidate[] = [];
  for (const answer of [...answersBetween(lowest, here, at), ...answersBetween(here, highest, at)]) {
    const fleet = other(answer);
    if (!fleet || [less, more, ...between].some((known) => known && isSameFleet(known, fleet))) continue;
    between.push(fleet);
  }
  return {
    off,
    ...(less && { less }),
    ...(between.length > 0 && { between }),
    ...(more && { more }),
  };
}
