/**
 * How well the speeds of the catalogue carry a benchmark over from one family to another when they were fitted without that
 * benchmark: `npx tsx bench/sizing/held-out.ts`. All of it is computed from `testing/sizing/public-benchmarks.csv`.
 */
import { MARGINS } from '../../lib/sizing/demand/transfer';
import {
  CLASSES,
  type Class,
  errorsOf,
  heldOut,
  isAlike,
  LIKE_OURS,
  mostWithin,
  neededMargin,
  type Pair,
  RELATIONS,
  type Workload,
  workloads,
} from '../../testing/sizing/public-benchmarks';

/** The goals: errors of the median and of nine in ten. */
const GOALS = [0.12, 0.3] as const;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function line(title: string, pairs: readonly Pair[], more: readonly string[] = []): string {
  const { pairs: count, median, p90 } = errorsOf(pairs);
  const cells = [String(count), percent(median), percent(p90), ...more];
  return title.padEnd(44) + cells.map((cell) => cell.padStart(10)).join('');
}

function report(computeClass: Class): void {
  const all = workloads(computeClass);
  const families = new Set(all.flatMap(({ results }) => results.map(({ family }) => family)));
  const pairs = heldOut(computeClass);
  const elsewhere = pairs.filter(({ relation }) => relation !== 'processor');
  console.log(`\n${computeClass}: ${all.length} benchmarks on ${families.size} families; goals 12 % and 30 %`);
  const titles = ['pairs', 'median', 'p90', 'needed', 'margin', 'too short'];
  console.log(' '.repeat(44) + titles.map((title) => title.padStart(10)).join(''));
  console.log(line('on another processor', elsewhere));
  if (computeClass === 'dense') {
    const ours = elsewhere.filter(({ workload }) => LIKE_OURS.test(workload));
    console.log(line('  of them like the handler (decision 022)', ours));
    console.log(line('    with the same instruction set', ours.filter(isAlike)));
    console.log(
      line(
        '    with another one',
        ours.filter((pair) => !isAlike(pair)),
      ),
    );
  }
  for (const relation of RELATIONS) {
    const some = pairs.filter((pair) => pair.relation === relation);
    const margin = MARGINS[relation][computeClass === 'dense' ? 'gemm' : 'scalar'];
    const late = some.filter((pair) => pair.late > margin).length / some.length;
    console.log(line(`  ${relation}`, some, [neededMargin(some).toFixed(2), margin.toFixed(2), percent(late)]));
  }
  const bounds = (some: readonly Workload[], alike?: boolean) =>
    GOALS.map((goal) => percent(mostWithin(some, goal, alike)).padStart(10)).join('');
  console.log(`  most that any speeds predict within 12 and 30 %:${bounds(all)}`);
  if (computeClass === 'dense') {
    const ours = all.filter(({ name }) => LIKE_OURS.test(name));
    console.log(`    like the handler, the same instruction set:   ${bounds(ours, true)}`);
    console.log(`    like the handler, another one:                ${bounds(ours, false)}`);
  }
  for (const { name } of all) {
    console.log(
      line(
        `  ${name}`,
        elsewhere.filter(({ workload }) => workload === name),
      ),
    );
  }
}

for (const computeClass of CLASSES) report(computeClass);
