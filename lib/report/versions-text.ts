/** The packages of a registry as a table. */
import type { BucketPlace } from '../model/package/package-address';
import { placeText } from '../model/package/package-address';
import type { Version } from '../model/package/version';
import { printable } from '../model/text/printable';

/** What a stage has, or why that is not known. */
export type DeployedPackage =
  | { readonly stage: string; readonly digest: string }
  | { readonly stage: string; readonly unknown: string };

const HEAD = ['version', 'pushed', 'model', 'golden rows', 'CPU a row', 'metrics', 'deployed'] as const;

export function versionsText(
  place: BucketPlace,
  found: readonly Version[],
  deployed: readonly DeployedPackage[],
): string {
  const stages = (digest: string) =>
    deployed.flatMap((one) => ('digest' in one && one.digest === digest ? one.stage : [])).join(', ');
  const rows = found.map((one) => [
    one.digest.slice(0, 12),
    one.pushedAt.slice(0, 10),
    one.name === undefined
      ? 'of a form that this version of Slipway does not read'
      : `${one.name}: ${one.estimators?.at(-1)?.split('.').at(-1) ?? ''}`,
    one.verified ? `${one.goldenRows} hold` : one.name === undefined ? '' : 'unverified',
    one.cpuMicroseconds === undefined ? '' : `${Number(one.cpuMicroseconds.toPrecision(2))} us`,
    Object.entries(one.metrics ?? {})
      .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
      .join(', '),
    stages(one.digest),
  ]);
  const unknown = deployed.flatMap((one) => ('unknown' in one ? `${one.stage}: not known: ${one.unknown}` : []));
  const count = found.length === 1 ? '1 package' : `${found.length} packages`;
  const lines = [`${placeText(place)}: ${count}`, ...(found.length > 0 ? table([HEAD, ...rows]) : []), ...unknown];
  return lines.map(printable).join('\n');
}

/** Columns as wide as their widest cell; those without a cell are left out. */
function table(rows: readonly (readonly string[])[]): string[] {
  const [, ...body] = rows;
  const columns = rows[0]!.map((_, i) => i).filter((i) => body.some((row) => row[i] !== ''));
  const widths = columns.map((i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    columns
      .map((i, at) => row[i]!.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
}
