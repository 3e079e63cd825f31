/** A type with the models of a fleet on it. Each worker has all of them and runs one request at a time, of whichever model. */
import type { InstanceType } from '../catalogue/catalogue';
import type { Demand, DemandMember } from '../demand/demand';
import { kept } from '../demand/kept';
import type { Mode } from '../demand/service';
import { residuals, type Service } from '../demand/service-time';
import { servers, transfer } from '../demand/transfer';
import { burstsOf } from '../service-level/arrivals';
import type { Candidacy, Line } from './candidacy';

/** Highest busy share of the workers; lower where service times vary much or leave little room for waiting. */
const BUSIEST = 0.75;
const BUSIEST_UNSTEADY = 0.65;

export const mostBusyWorkers = (variation: number, isTight: boolean) =>
  variation > 0.8 ** 2 || isTight ? BUSIEST_UNSTEADY : BUSIEST;

/** The requests of a fleet, in milliseconds of the machine on which the model was profiled that they are carried over with. */
interface Mixture {
  readonly mode: Mode;
  readonly lines: readonly Line[];
}

/** By the members, then by how much slower each is than the first on a type: the same for most types. */
const mixtures = new WeakMap<readonly DemandMember[], Map<string, Mixture>>();
const demands = new WeakMap<Demand, Map<string, Demand>>();

export function candidaciesTogether(asked: Demand, members: readonly DemandMember[], type: InstanceType): Candidacy[] {
  const speeds = asked.reference.speed / members[0]!.demand.reference.speed;
  const carried = members.map(({ demand: { reference, computeClass, memoryBound } }) =>
    transfer({ ...reference, speed: reference.speed * speeds }, type, computeClass, {
      measured: asked.measuredEverywhere,
      memoryBound,
    }),
  );
  const least = carried.reduce((one, other) => (other.uncertainty > one.uncertainty ? other : one));
  const slower = carried.map(({ factor }) => factor / least.factor);
  const key = slower.join();
  const { mode, lines } = kept(
    kept(mixtures, members, () => new Map<string, Mixture>()),
    key,
    () => mixtureOf(members, slower),
  );
  const demand = kept(
    kept(demands, asked, () => new Map<string, Demand>()),
    key,
    () => startingTogether(asked, members, slower),
  );
  const most = Math.min(...members.map((member) => servers(type, member.demand.computeClass)));
  const isTight = lines.some(({ p99Ms, service: { samplesMs } }) => {
    const allowed = Math.max(p99Ms, asked.serviceLevel.p99Ms);
    return allowed <= 2 * samplesMs[samplesMs.length >> 1]! * least.factor;
  });
  const busiest = mostBusyWorkers(mode.service.variation, isTight);
  return [{ demand, type, transfer: least, mode, lines, servers: most, busiest }];
}

/** Models are loaded one after the other, each as fast as its own arithmetic. */
function startingTogether(asked: Demand, members: readonly DemandMember[], slower: readonly number[]): Demand {
  if (slower.every((times) => times === 1)) return asked;
  const startMs = members.reduce((sum, { demand }, i) => sum + demand.startMs * slower[i]!, 0);
  return { ...asked, startMs };
}

function mixtureOf(members: readonly DemandMember[], slower: readonly number[]): Mixture {
  const services: Service[] = [];
  const lines = members.map(({ name, share, demand: { request, serviceLevel } }, i): Line => {
    const own = slowed(request.modes[0].service, slower[i]!);
    const service = services.find((other) => isSame(other, own)) ?? own;
    services.push(service);
    return {
      name,
      share,
      service,
      bursts: burstsOf(serviceLevel.bursts),
      p99Ms: serviceLevel.p99Ms,
      restsMs: residuals(service.samplesMs),
    };
  });
  const mean = (of: (i: number) => number) => members.reduce((sum, { share }, i) => sum + share * of(i), 0);
  const modes = members.map(({ demand }) => demand.request.modes[0]);
  const meanMs = mean((i) => lines[i]!.service.meanMs);
  const squares = mean((i) => lines[i]!.service.meanMs ** 2 * (1 + lines[i]!.service.variation));
  const [{ service }] = lines as [Line, ...Line[]];
  return {
    lines,
    mode: {
      threads: 1,
      service: { ...service, meanMs, variation: squares / meanMs ** 2 - 1 },
      cpuMs: mean((i) => modes[i]!.cpuMs * slower[i]!),
      lightCpuMs: mean((i) => modes[i]!.lightCpuMs * slower[i]!),
    },
  };
}

/** Of models that take as long, as those of one package do, what is known of one is known of all. */
const isSame = (one: Service, other: Service) => one.samplesMs.every((ms, i) => ms === other.samplesMs[i]);

/** A copy in any case: what is known of a queue is kept by its service. */
function slowed(service: Service, times: number): Service {
  if (times === 1) return { ...service };
  const answers: Float64Array[] = [];
  return {
    ...service,
    samplesMs: service.samplesMs.map((ms) => ms * times),
    meanMs: service.meanMs * times,
    answersMs(companions) {
      answers[companions] ??= service.answersMs(companions).map((ms) => ms * times);
      return answers[companions]!;
    },
  };
}
