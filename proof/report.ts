/** The outcome of a proof: one line a check, and the count at the end. */
import type { ProofRow } from '../testing/proof-results';

interface Section {
  readonly title: string;
  readonly rows: ProofRow[];
  passed: number;
  failed: number;
}

const begun = (title: string): Section => ({ title, rows: [], passed: 0, failed: 0 });

export class Report {
  /** The first is of what comes before the first title. */
  private readonly sections = [begun('')];
  private notProved = 0;

  constructor(private readonly print: (line: string) => void) {}

  section(title: string): void {
    this.sections.push(begun(title));
    this.print(`\n# ${title}`);
  }

  /** A check: `detail` says what was found, and is shown when it failed or says something of its own. */
  check(holds: boolean, what: string, detail = ''): void {
    const section = this.sections.at(-1)!;
    if (holds) section.passed += 1;
    else section.failed += 1;
    this.print(`${holds ? 'ok  ' : 'FAIL'} ${what}${detail && ` (${detail})`}`);
  }

  /** A check that stands in the table of results. */
  row(what: string, bound: string, found: string, holds: boolean): void {
    this.sections.at(-1)!.rows.push({ what, bound, found, holds });
    this.check(holds, `${what}: ${bound}`, found);
  }

  /** For the table of results: a section without rows of its own is one. */
  get rows(): ProofRow[] {
    return this.sections.flatMap(({ title, rows, passed, failed }) => {
      if (rows.length > 0 || passed + failed === 0 || title === '') return rows;
      const found = `${passed} of ${passed + failed} checks`;
      return [{ what: title, bound: 'every check holds', found, holds: failed === 0 }];
    });
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
    const passed = this.sections.reduce((sum, section) => sum + section.passed, 0);
    const failed = this.sections.reduce((sum, section) => sum + section.failed, 0);
    this.print('');
    if (this.notProved > 0) this.print(`${this.notProved} not proved`);
    this.print(`${passed} passed, ${failed} failed`);
    return { passed, failed };
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
