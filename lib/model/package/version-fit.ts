/** Whether packages can be served side by side as versions of one model: clients must not see which one answers. */
import { quoted } from '../text/quote';
import type { Manifest } from './manifest';

type Described = Pick<Manifest, 'name' | 'signature' | 'batch'>;

/** What clients send and get; whether a version looks at a column does not change that. */
function seen({ columns, outputs, classes }: Described['signature']) {
  return {
    columns: columns.map(({ name, type }) => `${quoted(name)} ${type}`),
    outputs: outputs.map(({ name, type, width }) => `${name} ${type} (${width} values)`),
    classes: (classes ?? []).map((label) => JSON.stringify(label)),
  };
}

const KINDS = { columns: 'columns', outputs: 'outputs', classes: 'classes' } as const;

/**
 * What keeps a package from being a version beside another, each as a phrase about it.
 *
 * @param first the model that the endpoint is named after
 */
export function versionProblems(first: Described, other: Described): string[] {
  const problems: string[] = [];
  if (first.name !== other.name) {
    problems.push(
      `is of the model ${quoted(other.name)}, and a version of ${quoted(first.name)} has its name: pack it with --name ${first.name}`,
    );
  }
  const [expected, found] = [seen(first.signature), seen(other.signature)];
  for (const [key, kind] of Object.entries(KINDS) as [keyof typeof KINDS, string][]) {
    const [ours, theirs] = [expected[key], found[key]];
    const at = Math.max(ours.length, theirs.length);
    const place = Array.from({ length: at }, (_, i) => i).find((i) => ours[i] !== theirs[i]);
    if (place === undefined) continue;
    problems.push(
      `has other ${kind}: ${theirs[place] ?? 'none'} in place ${place + 1}, where the model has ${ours[place] ?? 'none'}`,
    );
  }
  if ((first.batch ?? 'rows') !== (other.batch ?? 'rows')) {
    problems.push('takes rows of a request as ones that depend on each other (batch: whole), or not, unlike the model');
  }
  return problems;
}
