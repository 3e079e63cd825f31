/**
 * An independent brute force over the same catalogue, which counts up instances and workers one by one and shares no code
 * with lib/sizing but the cost of a request on the profiled machine. Written from the formulas, to disagree with the
 * product where that errs.
 */

import type { ComputeProfile } from '../../lib/model/profile';
import type { Catalogue, InstanceType, ServiceLevel } from '../../lib/sizing';
import type { RequestCost } from '../../lib/sizing/service';

export interface Answer {
  readonly instanceType: string;
  readonly instances: number;
  readonly usdPerMonth: number;
}

interface Question {
  readonly profile: ComputeProfile;
  readonly request: RequestCost;
  readonly modelBytes: number;
  readonly serviceLevel: ServiceLevel;
  readonly catalogue: Catalogue;
}

/** Speed of a core for scalar code: Geekbench 6 of the xlarge over its cores, without what second threads add. */
const coreSpeed = (t: InstanceType) => (t.threadsPerCore === 2 ? t.factors.gb6Multi / 2.6 : t.factors.gb6Multi / 4);

/** All profiles of the tests come from an EPYC 9R14. */
function slowdown(t: InstanceType, all: readonly InstanceType[]): number {
  const reference = Math.max(...all.filter((x) => x.cpu === 'EPYC 9R14').map(coreSpeed));
  const doubt = t.cpu === 'EPYC 9R14' ? 1.05 : t.cpu.startsWith('EPYC') ? 1.15 : t.cpu.startsWith('Xeon') ? 1.3 : 1.5;
  return (reference / coreSpeed(t)) * doubt;
}

function keeps(q: Question, t: InstanceType, left: number, workers: number): boolean {
  const { serviceLevel: level, profile } = q;
  const times = Array.from(q.request.service.samplesMs, (ms) => ms * slowdown(t, q.catalogue.types));
  const mean = times.reduce((a, b) => a + b) / times.length;
  const cv2 = times.reduce((a, b) => a + (b - mean) * (b - mean), 0) / times.length / (mean * mean);
  const perWorker = level.requestsPerSecond / 1000 / left / workers;
  const busy = perWorker * mean;
  let allowed = 0.75;
  if (Math.sqrt(cv2) > 0.8 || level.p99Ms <= 2 * times[100]!) allowed = 0.65;
  if (level.availability === 'single') allowed = 0.6;
  if (busy > allowed) return false;

  // one server a queue: the probability of waiting is the utilisation
  const limit = (level.p99Ms - 2) / 1.15;
  const rate = (2 * (1 - busy)) / mean / (1 + cv2);
  const late = times.map((s) => (limit < s ? 1 : busy * Math.exp(rate * (s - limit))));
  if (late.reduce((a, b) => a + b) / late.length > 0.01) return false;

  if (t.baseline) {
    const average = (level.meanRequestsPerSecond ?? level.requestsPerSecond) / 1000 / left;
    if ((average * mean) / t.vCpus > 0.8 * t.baseline) return false;
  }
  const { requestBytes, answerBytes } = q.request;
  if ((8 * (requestBytes + answerBytes) * level.requestsPerSecond) / left / 1e9 > 0.6 * t.networkGbps) return false;

  const each = Math.max(1.1 * profile.memory.loadedMiB + 48, profile.memory.loadPeakMiB);
  const need = workers * each + (workers > 1 ? profile.memory.baseMiB : 0) + q.modelBytes / 4 / 2 ** 20;
  const kept = Math.max(200, 0.06 * t.memoryMiB) + (t.architecture === 'arm64' ? 64 : 0);
  return need <= t.memoryMiB - kept - 400;
}

function monthly(q: Question, t: InstanceType, n: number, zones: number): number {
  const { prices: p } = q.catalogue;
  const rate = q.serviceLevel.meanRequestsPerSecond ?? q.serviceLevel.requestsPerSecond;
  const hour = rate * 3600;
  const volume = Math.max(8, Math.ceil(6 + (2 * q.modelBytes) / 2 ** 30));
  const units = Math.max(rate / 250, (hour * (q.request.requestBytes + q.request.answerBytes)) / 1e9);
  return (
    [
      n * t.usdPerHour * 730,
      n * volume * p.volumeGiBMonth,
      p.loadBalancerHour * 730,
      units * p.loadBalancerCapacityUnitHour * 730,
      Math.max(2, zones) * p.publicAddressHour * 730,
      3 * zones * p.interfaceEndpointHour * 730,
      ((hour * 730 * q.request.answerBytes) / 1e9) * p.dataOutGB,
      ((hour * 730 * 300) / 2 ** 30) * p.storageGiBMonth,
      13 * p.alarmMonth,
      7 * n * p.metricMonth,
      (2 * n + 2) * p.metricMonth,
      p.dashboardMonth,
      p.encryptionKeyMonth,
      0.2 * n * p.logGiB,
    ].reduce((sum, usd) => sum + Math.round(usd * 100), 0) / 100
  );
}

/** The cheapest fleets, all that cost the same; none when nothing keeps the service level. */
export function oracle(q: Question): Answer[] {
  const { availability } = q.serviceLevel;
  const answers: Answer[] = [];
  for (const t of q.catalogue.types) {
    const cores = t.vCpus / t.threadsPerCore;
    const most = t.threadsPerCore === 2 ? Math.max(1, Math.floor(1.3 * cores)) : cores;
    for (const zones of availability === 'single' ? [1] : availability === 'zone' ? [3, 2] : [2]) {
      let found = false;
      for (let n = 1; n <= 64 && !found; n++) {
        const left = { single: n, instance: n - 1, zone: Math.floor((n * (zones - 1)) / zones) }[availability];
        if (availability === 'single' ? n > 1 : n < Math.max(2, zones)) continue;
        for (let workers = 1; workers <= most && !found; workers++) found = keeps(q, t, left, workers);
        if (found) answers.push({ instanceType: t.name, instances: n, usdPerMonth: monthly(q, t, n, zones) });
      }
    }
  }
  const least = Math.min(...answers.map(({ usdPerMonth }) => usdPerMonth));
  return answers.filter(({ usdPerMonth }) => usdPerMonth === least);
}
