/** Whether another profile would lead to another fleet. */
import type { Interval } from '../model/package/profile-doubts';
import type { Catalogue } from './catalogue/catalogue';
import type { Demand } from './demand/demand';
import type { Candidate, Uncertainty } from './plan/plan';
import { candidateOf, decimals } from './search/rounded';
import { affordable, type Option } from './search/search';

/** By how much two profiles of a quiet machine may differ, and the most that is asked. */
const PROFILES_DIFFER = 0.03;
const MOST_OFF = 0.25;

const within = (interval: number) => decimals(Math.min(MOST_OFF, Math.max(PROFILES_DIFFER, interval)), 2);

/** The request, with so many times the CPU time at light load. */
function atLight(request: Demand['request'], times: number): Demand['request'] {
  const [first, ...others] = request.modes;
  const scaled = (mode: typeof first) => ({ ...mode, lightCpuMs: Math.max(mode.cpuMs, mode.lightCpuMs * times) });
  return { ...request, modes: [scaled(first), ...others.map(scaled)] };
}

/** The answers on either side, where they are other fleets: each by its interval takes less, or more. */
export function borderOf(
  { candidate, fleet }: Option,
  demand: Demand,
  catalogue: Catalogue,
  { busy, light }: Interval,
): Uncertainty['border'] {
  const [off, lightOff] = [within(busy), within(light)];
  const at = (sign: 1 | -1): Candidate | undefined => {
    const { reference, gpu } = demand;
    const slower = 1 + sign * off;
    const scaled = <T extends { readonly speed: number }>(some: T): T => ({ ...some, speed: some.speed * slower });
    const option = affordable(
      {
        ...demand,
        request: atLight(demand.request, (1 + sign * lightOff) / slower),
        reference: scaled(reference),
        ...(gpu && { gpu: { ...gpu, host: scaled(gpu.host) } }),
      },
      catalogue,
      candidate.type,
    );
    if (!option) return undefined;
    const isSame =
      option.candidate.type === candidate.type &&
      option.fleet.instances === fleet.instances &&
      option.candidate.mode.service.requests === candidate.mode.service.requests;
    return isSame ? undefined : candidateOf(option);
  };
  const [less, more] = [at(-1), at(1)];
  return less || more ? { off, ...(less && { less }), ...(more && { more }) } : undefined;
}
