/** What makes a compute profile less certain than others. */
import { DEFAULT_HANDLER_SETTINGS } from '../instance/handler-settings';
import { INSTANCE_NODE } from '../instance/instance-node';
import { MIB, percent } from '../units';
import type { ComputeProfile } from './profile';

/** Runs of every batch size, unless a run is slow: enough that the slowest 1 % is more than one of them. */
export const FULL_SAMPLES = 200;
/** Interval of a CPU time over which the machine counts as too restless to rely on. */
const RESTLESS = 0.1;
/** The same at light load, by which surplus credits of burstable types are billed and nothing else. */
const RESTLESS_LIGHT = 0.25;
/**
 * What is known of a host that other machines share, whatever the windows of one profile say: ten measurements of one request
 * within 12 minutes differed by 38 %, and profiles of half an hour by up to 43 % (a virtual machine of two shared cores of
 * an AMD EPYC, 2026-11).
 */
const SHARED_HOST = 0.4;
/** Shares of the processors' time that other programs, and other machines of the host, may have meanwhile. */
const MOST_OTHERS = 0.2;
const MOST_STOLEN = 0.02;
/** Fewer rows cost more than more of them: by more than windows that agree may differ. */
const OUT_OF_ORDER = 1.05;

const majorOf = (version: string) => Number.parseInt(version, 10);

const rowsText = (rows: number) => `${rows} ${rows === 1 ? 'row' : 'rows'}`;

/** The CPU time of which least is known, when it is too little. */
function restlessOf({ batches, http, machine }: Pick<ComputeProfile, 'batches' | 'http' | 'machine'>) {
  const intervals = [
    ...batches.map(({ rows, spread = 0 }) => ({ spread, most: RESTLESS, of: `a run of ${rowsText(rows)}` })),
    ...http.slice(1).flatMap(({ rows, spread = 0, lightSpread = 0 }) => [
      { spread, most: RESTLESS, of: `a request of ${rowsText(rows)}` },
      { spread: lightSpread, most: RESTLESS_LIGHT, of: `a request of ${rowsText(rows)} at light load` },
    ]),
  ];
  const worst = intervals.reduce((a, b) => (b.spread / b.most > a.spread / a.most ? b : a));
  if (worst.spread > worst.most) return `the CPU time of ${worst.of} is known within ${percent(worst.spread)} only`;
  return machine.spread > RESTLESS ? `measuring windows differed by ${percent(machine.spread)}` : undefined;
}

/** By how much the machine itself may be faster or slower some minutes later, 0.1 = 10 %; 0 where nothing is known of that. */
export const driftOf = ({ host }: ComputeProfile['machine']): number => (host === 'shared' ? SHARED_HOST : 0);

/** The interval of the CPU time of a request of so many rows: that of the sizes that were measured and are nearest. */
export function intervalOfRequest({ batches, http, machine }: ComputeProfile, rows: number): Interval {
  const nearest = <T extends { readonly rows: number }>(some: readonly T[]) =>
    some.reduce((a, b) => (Math.abs(Math.log(b.rows / rows)) < Math.abs(Math.log(a.rows / rows)) ? b : a));
  const [run, request] = [nearest(batches), nearest(http.filter((cost) => cost.rows > 0))];
  const busy = Math.max(run.spread ?? machine.spread / 2, request.spread ?? machine.spread / 2, driftOf(machine));
  return { busy, light: Math.max(busy, request.lightSpread ?? 0) };
}

/** Relative, 0.1 = 10 %: of the CPU time of a busy handler, and of one at light load. */
export interface Interval {
  readonly busy: number;
  readonly light: number;
}

/** Each as a phrase; none for most profiles. */
export function doubts({ batches, http, machine }: ComputeProfile): string[] {
  const found: string[] = [];
  const few = batches.filter(({ samples }) => samples < FULL_SAMPLES);
  if (few.length > 0) {
    const { rows, samples, cpuMs } = few.reduce((a, b) => (b.samples < a.samples ? b : a));
    const request = `a request of ${rows} ${rows === 1 ? 'row' : 'rows'}`;
    found.push(
      `${request} was run ${samples} times only, since it takes ${(cpuMs / 1000).toFixed(1)} s: how long the slowest 1 % take is not known`,
    );
  }
  const restless = restlessOf({ batches, http, machine });
  if (restless) found.push(`${restless}: profile again while the machine has nothing else to do`);
  const { others, stolen } = machine.disturbance ?? { others: 0, stolen: 0 };
  if (others > MOST_OTHERS || stolen > MOST_STOLEN) {
    const who =
      stolen > MOST_STOLEN
        ? `the host gave ${percent(stolen)} of the processors to other machines`
        : `other programs had ${percent(others)} of the processors`;
    found.push(`${who} while it was measured: profile again while the machine has nothing else to do`);
  }
  if (driftOf(machine) > 0) {
    found.push(
      `other machines may share the processors that it was measured on: another profile may differ by ${percent(driftOf(machine))}, whatever its windows say; profile on an instance that is not burstable (--on)`,
    );
  }
  const dearer = batches.find(({ cpuMs }, i) => cpuMs > OUT_OF_ORDER * (batches[i + 1]?.cpuMs ?? cpuMs));
  if (dearer) {
    found.push(
      `a request of ${dearer.rows} ${dearer.rows === 1 ? 'row' : 'rows'} took more CPU time than one with more rows: profile again`,
    );
  }
  if (http.some(({ rows, lightCpuMs }) => rows > 0 && lightCpuMs === undefined)) {
    found.push('CPU time at light load, by which burstable types are billed, was not measured: profile again');
  }
  if (majorOf(machine.node) !== majorOf(INSTANCE_NODE)) {
    found.push(
      `it was measured with Node.js ${machine.node}, and instances run ${INSTANCE_NODE}: profile again on Linux, where npm can fetch that one`,
    );
  }
  return found;
}

/** What makes it less certain for requests of so many rows; each as a phrase. */
export function doubtsOfRequest({ batches, bytesPerRow }: ComputeProfile, rows: number): string[] {
  const found: string[] = [];
  const largest = Math.max(...batches.map((batch) => batch.rows));
  if (rows > largest) {
    found.push(
      `the largest run has ${largest} ${largest === 1 ? 'row' : 'rows'}: one of ${rows} is taken to be slower in proportion, stalls and all: profile with --rows ${rows}`,
    );
  }
  const mib = (bytes: number) => (bytes / MIB).toFixed(1);
  const { maximumBodyBytes } = DEFAULT_HANDLER_SETTINGS;
  const bytes = rows * bytesPerRow.request;
  if (bytes > maximumBodyBytes) {
    found.push(
      `${rows} rows are ${mib(bytes)} MiB of JSON, and the handler takes ${mib(maximumBodyBytes)} MiB in a request: send fewer, or CSV or binary tensors where they are smaller`,
    );
  }
  return found;
}
