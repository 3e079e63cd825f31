/** A compute profile as plain text. */
import type { ComputeProfile } from '../model/package/profile';
import { doubts } from '../model/package/profile-doubts';
import { printable } from '../model/text/printable';
import { microseconds, percent } from '../model/units';
import type { Comparison } from './profile-agreement';
import { table, wrapped } from './table';

/** With a digit where a whole number would have one figure. */
const us = (ms: number) => microseconds(ms, ms < 0.01 ? 1 : 0);

export function profileText(profile: ComputeProfile): string {
  const { machine, memory, bytesPerRow } = profile;
  const lines = [
    `Measured on ${printable(machine.cpuModel)} (${machine.architecture}, ${machine.vCpus} vCPU), Node.js ${machine.node}, ${printable(machine.engine)}`,
    `One request without HTTP, in microseconds; ${profile.batches.reduce((sum, { samples }) => sum + samples, 0)} runs`,
    ...table([
      ['rows', 'CPU', 'CPU a row', 'median', 'slowest 5 %', 'rows/s of a core'],
      ...profile.batches.map(({ rows, cpuMs, wallMsQuantiles: quantiles }) => [
        `${rows}`,
        us(cpuMs),
        us(cpuMs / rows),
        us(quantiles[Math.round((quantiles.length - 1) * 0.5)]!),
        us(quantiles[Math.round((quantiles.length - 1) * 0.95)]!),
        ((1000 * rows) / cpuMs).toFixed(0),
      ]),
    ]),
    `HTTP      ${profile.http
      .slice(1)
      .map(({ rows, cpuMs }) => `${us(cpuMs)} us of CPU more for ${rows} ${rows === 1 ? 'row' : 'rows'}`)
      .join(', ')}`,
    ...(profile.http.slice(1).every(({ lightCpuMs }) => lightCpuMs !== undefined)
      ? [
          `Light     ${profile.http
            .slice(1)
            .map(({ rows, lightCpuMs }) => `${us(lightCpuMs!)} us for ${rows} ${rows === 1 ? 'row' : 'rows'}`)
            .join(', ')}, instead, where the handler has little to do`,
        ]
      : []),
    `Memory    ${memory.loadedMiB.toFixed(0)} MiB for a worker under requests, of which workers share ${memory.sharedMiB.toFixed(0)}; ${memory.loadPeakMiB.toFixed(0)} at most while loading, ${memory.baseMiB.toFixed(0)} for the process above them`,
    `Start     ${profile.startMs.toFixed(0)} ms until it is ready, ${profile.loadMs.toFixed(0)} of them for the model`,
    `Threads   ${threadsText(profile)}`,
    `Bytes     ${bytesPerRow.request} a row in the request, ${bytesPerRow.answer} in the answer`,
    ...(machine.disturbance
      ? [
          `Machine   other programs had ${percent(machine.disturbance.others)} of the processors meanwhile, the host gave ${percent(machine.disturbance.stolen)} to other machines`,
        ]
      : []),
    `Windows   ${intervals(profile)}; reference kernels ${machine.kernels.treeMs} ms (tree), ${machine.kernels.denseMs} ms (dense)`,
  ];
  for (const doubt of doubts(profile)) lines.push(...wrapped(doubt, 'Unsure    '));
  return `${lines.join('\n')}\n`;
}

/** How closely what was measured repeats. */
function intervals({ http, batches, machine }: ComputeProfile): string {
  const light = http.flatMap(({ lightSpread }) => lightSpread ?? []);
  if (light.length === 0) return `agree within ${percent(machine.spread)}`;
  const most = (values: readonly (number | undefined)[]) => percent(Math.max(...values.map((value) => value ?? 0)));
  const [runs, busy] = [batches, http].map((costs) => most(costs.map(({ spread }) => spread)));
  return `of runs agree within ${runs}; requests within ${busy}, at light load within ${most(light)}`;
}

/** How much faster the largest batch becomes. */
function threadsText({ threads: scan }: ComputeProfile): string {
  const rows = Math.max(...scan.map((cost) => cost.rows));
  const [one, ...more] = scan.filter((cost) => cost.rows === rows).sort((a, b) => a.threads - b.threads);
  if (more.length === 0) return 'more than one for a run does not help';
  const gains = more.map(({ threads, wallMs }) => `${threads}: ${(one!.wallMs / wallMs).toFixed(1)} times as fast`);
  return `for a run of ${rows} rows, ${gains.join(', ')}`;
}

/** Whether a profile agrees with the one that was there, as a line or a few. */
export function agreementText(comparison: Comparison, stays: boolean): string {
  if (comparison.kind === 'other') return `The profile that was there is ${comparison.why}; it is replaced.`;
  const { moved, largest } = comparison;
  if (stays)
    return `Agrees with the profile that was there, within ${percent(largest)}: that one stays, and so does the plan. Delete it to have a new one.`;
  if (moved.length === 0) return `Agrees with the profile that was there, within ${percent(largest)}, and knows more.`;
  return ['Differs from the profile that was there, on the same machine:', ...moved.map((what) => `  ${what}`)].join(
    '\n',
  );
}
