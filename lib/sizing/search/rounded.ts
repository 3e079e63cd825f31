/** What the search found, as a plan shows it: plain numbers, rounded to what they are good for. */
import { predict } from '../judgement/judgement';
import type { Candidate, Cost, PlannedChange, Prediction } from '../plan/plan';
import { changesOf, timeText } from '../service-level/schedule';
import type { Failure, Option } from './search';

export const decimals = (value: number, digits: number) => Number(value.toFixed(digits));

export function candidateOf({ candidate: { type, mode }, fleet, usdPerMonth }: Option | Failure): Candidate {
  const { requests } = mode.service;
  return {
    instanceType: type.name,
    architecture: type.architecture,
    vCpus: type.vCpus,
    memoryMiB: type.memoryMiB,
    instances: fleet.instances,
    ...(requests > 1 && { requestsPerRun: requests }),
    usdPerMonth,
  };
}

/** @param steps instances in steps of five minutes of a week */
export function plannedChanges(steps: readonly number[]): PlannedChange[] {
  return changesOf(steps).map(({ days, minutes, before, value }) => {
    return { days, at: timeText(minutes), before, instances: value };
  });
}

export function roundedPrediction({ candidate, fleet }: Option): Prediction {
  const predicted = predict(candidate, fleet);
  return {
    p99Ms: decimals(predicted.p99Ms, 2),
    utilisation: decimals(predicted.utilisation, 4),
    memoryMiB: Math.ceil(predicted.memoryMiB),
    maximumRequestsPerSecond: predicted.maximumRequestsPerSecond,
  };
}

export function roundedCost({ lines, usdPerMonth, range, usdPerMillionPredictions }: Cost): Cost {
  return {
    lines: lines.map((line) => ({
      ...line,
      quantity: decimals(line.quantity, 4),
      usdPerUnitMonth: decimals(line.usdPerUnitMonth, 4),
      ...(line.listUsdPerUnitMonth !== undefined && { listUsdPerUnitMonth: decimals(line.listUsdPerUnitMonth, 4) }),
    })),
    usdPerMonth,
    ...(range && { range }),
    usdPerMillionPredictions: decimals(usdPerMillionPredictions, 4),
  };
}
