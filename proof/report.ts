/** The outcome of a proof: one line a check, and the count at the end. */
import type { ProofRow } from '../testing/proof-results';

export class Report {
  /** For the table of results. */
  readonly rows: ProofRow[] = [];
  private passed = 0;
  private failed = 0;
  private notProved = 0;

  constructor(private readonly print: (line: string) => void) {}

  section(title: string): void {
    this.print(`\n# ${title}`);
  }

  /** A check: `detail` says what was found, and is shown when it failed or says something of its own. */
  check(holds: boolean, what: string, detail = ''): void {
    if (holds) this.passed += 1;
    else this.failed += 1;
    this.print(`${holds ? 'ok  ' : 'FAIL'} ${what}${detail && ` (${detail})`}`);
  }

  /** A check that stands in the table of results. */
  row(what: string, bound: string, found: string, holds: boolean): void {
    this.rows.push({ what, bound, found, holds });
    this.check(holds, `${what}: ${bound}`, found);
  }

  /** A check for equality; arrays and objects are compared by their JSON. */
  equal(found: unknown, expected: unknown, what: string): void {
    const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
    this.check(left === right, what, left === right ? shown(expected) : `expected ${right}, found ${left}`);
  }

  /** Something that this proof cannot show; it counts neither as passed nor as failed. */
  unproved(what: string, reason: string): void {
    this.notProved += 1;
    this.print(`not proved: ${what} (${reason})`);
  }

  /** Print the counts; the last line is `N passed, N failed`. */
  close(): { readonly passed: number; readonly failed: number } {
    this.print('');
    if (this.notProved > 0) this.print(`${this.notProved} not proved`);
    this.print(`${this.passed} passed, ${this.failed} failed`);
    return { passed: this.passed, failed: this.failed };
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
