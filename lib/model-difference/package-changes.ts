/** What two packages say of themselves that differs, before a row is run. */
import type { Manifest } from '../model/package/manifest';
import type { Column, Signature } from '../model/rows/signature';
import { takesNull } from '../model/rows/signature';
import { quoted } from '../model/text/quote';

export interface PackageChange {
  readonly text: string;
  /** Whether a request or a program that reads answers may have to change. */
  readonly breaking: boolean;
}

const LISTED = 8;

const list = (values: readonly unknown[]) =>
  `${values
    .slice(0, LISTED)
    .map((value) => quoted(String(value)))
    .join(', ')}${values.length > LISTED ? ` and ${values.length - LISTED} more` : ''}`;

type Described = Pick<Manifest, 'signature' | 'source' | 'threshold' | 'batch' | 'model'>;

export function packageChanges(base: Described, head: Described): PackageChange[] {
  const changes: PackageChange[] = [];
  const say = (what: string, old: string, now: string, breaking = false) => {
    if (old !== now) changes.push({ text: `${what}: ${old} → ${now}`, breaking });
  };
  say('task', taskOf(base.signature), taskOf(head.signature), true);
  changes.push(...columnChanges(base.signature, head.signature), ...outputChanges(base.signature, head.signature));
  const steps = ({ source }: Described) => source.estimators.map((name) => name.split('.').at(-1)).join(', ') || 'none';
  say('estimators', steps(base), steps(head));
  const libraries = new Set([...Object.keys(base.source.libraries), ...Object.keys(head.source.libraries)]);
  for (const name of libraries) {
    say(name, base.source.libraries[name] ?? 'not named', head.source.libraries[name] ?? 'not named');
  }
  say('threshold', `${base.threshold ?? "the model's own"}`, `${head.threshold ?? "the model's own"}`);
  say('batch', base.batch ?? 'rows', head.batch ?? 'rows');
  say('bytes of model.onnx', `${base.model.bytes}`, `${head.model.bytes}`);
  return changes;
}

/** What a model is for: two packages of another task have no answers to compare. */
export function taskOf({ classes, outputs }: Signature): string {
  if (classes) return 'classes';
  const { type, width } = outputs.find(({ name }) => name === 'predict') ?? outputs[0]!;
  const kind = type === 'float64' || type === 'float32' ? 'number' : 'label';
  return width === 1 ? `a ${kind}` : `${width} ${kind}s`;
}

function columnChanges(base: Signature, head: Signature): PackageChange[] {
  const changes: PackageChange[] = [];
  const say = (text: string, breaking: boolean) => changes.push({ text, breaking });
  const [old, now] = [base, head].map(({ columns }) => new Map(columns.map((column) => [column.name, column])));
  const gone = base.columns.filter(({ name }) => !now!.has(name));
  const added = head.columns.filter(({ name }) => !old!.has(name));
  const renamed = gone.flatMap((column) => {
    const other = head.columns[base.columns.indexOf(column)];
    return other && other.type === column.type && added.includes(other) ? [[column, other] as const] : [];
  });
  for (const [column, other] of renamed) {
    say(`column ${quoted(column.name)} is ${quoted(other.name)} now, if it means the same`, !other.unused);
  }
  const left = gone.filter((column) => !renamed.some(([one]) => one === column));
  const fresh = added.filter((column) => !renamed.some(([, one]) => one === column));
  if (left.length > 0) say(`columns that it does not take any more: ${list(left.map(({ name }) => name))}`, true);
  const wanted = fresh.filter((column) => !column.unused);
  if (fresh.length > 0) say(`new columns: ${list(fresh.map(({ name }) => name))}`, wanted.length > 0);
  for (const column of base.columns) {
    const other = now!.get(column.name);
    if (other) changes.push(...oneColumn(column, other));
  }
  return changes;
}

function oneColumn(base: Column, head: Column): PackageChange[] {
  const column = `column ${quoted(base.name)}`;
  if (head.unused && base.unused) return [];
  if (head.unused) return [{ text: `${column}: the model does not look at it any more`, breaking: false }];
  if (base.unused) return [{ text: `${column}: the model looks at it now`, breaking: true }];
  if (base.type !== head.type) {
    const wider = (base.type === 'int64' && head.type.startsWith('float')) || head.type === 'float64';
    return [{ text: `${column}: ${base.type} → ${head.type}`, breaking: !(wider && base.type !== 'string') }];
  }
  const changes: PackageChange[] = [];
  if (takesNull(base) !== takesNull(head)) {
    const text = takesNull(head) ? 'may be missing now' : 'must not be missing any more';
    changes.push({ text: `${column}: ${text}`, breaking: !takesNull(head) });
  }
  const [before = [], after = []] = [base.categories, head.categories];
  const lost = head.categories ? before.filter((value) => !after.includes(value)) : [];
  const won = base.categories ? after.filter((value) => !before.includes(value)) : [];
  if (lost.length > 0) changes.push({ text: `${column}: refuses ${list(lost)} now`, breaking: true });
  if (won.length > 0) changes.push({ text: `${column}: takes ${list(won)} now`, breaking: false });
  if (!base.categories && head.categories) {
    changes.push({ text: `${column}: takes ${list(head.categories)} alone`, breaking: true });
  }
  if (base.categories && !head.categories) changes.push({ text: `${column}: takes any value now`, breaking: false });
  return changes;
}

function outputChanges(base: Signature, head: Signature): PackageChange[] {
  const changes: PackageChange[] = [];
  const text = ({ outputs }: Signature, method: string) => {
    const output = outputs.find(({ name }) => name === method);
    return output ? `${output.type}${output.width > 1 ? ` x ${output.width}` : ''}` : 'none';
  };
  for (const method of new Set([...base.outputs, ...head.outputs].map(({ name }) => name))) {
    const [old, now] = [text(base, method), text(head, method)];
    if (old !== now) changes.push({ text: `answers of ${method}: ${old} → ${now}`, breaking: old !== 'none' });
  }
  const [old = [], now = []] = [base.classes, head.classes];
  if (base.classes && head.classes) {
    const [lost, won] = [old.filter((one) => !now.includes(one)), now.filter((one) => !old.includes(one))];
    if (lost.length > 0)
      changes.push({ text: `classes that it does not know any more: ${list(lost)}`, breaking: true });
    if (won.length > 0) changes.push({ text: `new classes: ${list(won)}`, breaking: true });
    if (lost.length + won.length === 0 && old.some((one, i) => one !== now[i])) {
      changes.push({ text: `order of the classes: ${list(old)} → ${list(now)}`, breaking: true });
    }
  }
  return changes;
}
