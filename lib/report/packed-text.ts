/** A model package that was just made. */
import type { Replay } from '../model/package/golden-replay';
import type { ModelPackage } from '../model/package/model-package';
import { printable } from '../model/text/printable';

interface Packed {
  readonly package: ModelPackage;
  /** Absent when there were no golden rows. */
  readonly replay?: Replay;
}

export function packedText({ package: { manifest, digest, directory }, replay }: Packed): string {
  const lines = [
    `${directory}: ${manifest.name}, version ${digest.slice(0, 12)}`,
    `  from       ${manifest.source.file} (${manifest.source.estimators.join(' > ')})`,
    `  inputs     ${manifest.signature.columns.length} columns`,
    `  outputs    ${manifest.signature.outputs.map((output) => output.name).join(', ')}`,
    ...(manifest.batch === 'whole'
      ? ['  batch      whole: a request is a run of its own, and is never joined with others']
      : []),
    ...(manifest.threshold === undefined ? [] : [`  threshold  ${manifest.threshold}`]),
    ...(manifest.warnings ?? []).map((warning) => `  WARNING    ${warning}`),
    manifest.golden && replay
      ? `  verified   ${manifest.golden.rows} golden rows hold, largest difference ${replay.maximumDifference.toExponential(1)}`
      : '  UNVERIFIED no golden rows: whether this package answers as the model did was not checked, on any row (--golden)',
  ];
  return lines.map(printable).join('\n');
}
