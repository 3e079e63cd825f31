/** A model package that was just made. */
import type { Replay } from '../model/package/golden-replay';
import { isVerified, type ModelSource } from '../model/package/manifest';
import type { ModelPackage } from '../model/package/model-package';
import { printable } from '../model/text/printable';
import { wrapped } from './table';

interface Packed {
  readonly package: ModelPackage;
  /** Absent when there were no golden rows. */
  readonly replay?: Replay;
}

function sourceText({ file, from }: ModelSource): string {
  return from === undefined ? file : `${file} of ${from}`;
}

export function packedText({ package: { manifest, digest, directory }, replay }: Packed): string {
  const lines = [
    `${directory}: ${manifest.name}, version ${digest.slice(0, 12)}`,
    ...wrapped(`${sourceText(manifest.source)} (${manifest.source.estimators.join(' > ')})`, '  from       '),
    `  inputs     ${manifest.signature.columns.length} columns`,
    `  outputs    ${manifest.signature.outputs.map((output) => output.name).join(', ')}`,
    ...(manifest.batch === 'whole'
      ? ['  batch      whole: a request is a run of its own, and is never joined with others']
      : []),
    ...(manifest.threshold === undefined ? [] : [`  threshold  ${manifest.threshold}`]),
    ...(manifest.warnings ?? []).flatMap((warning) => wrapped(warning, '  WARNING    ')),
    ...(manifest.golden && replay && isVerified(manifest)
      ? [
          `  verified   ${manifest.golden.rows} golden rows hold, largest difference ${replay.maximumDifference.toExponential(1)}`,
        ]
      : wrapped(
          manifest.golden
            ? `${manifest.golden.rows} rows run, and nobody has recorded what the model answers to them: give golden rows (--golden)`
            : 'no golden rows: whether this package answers as the model did was not checked, on any row (--golden)',
          '  UNVERIFIED ',
        )),
  ];
  return lines.map(printable).join('\n');
}
