/** The table of results of the proofs, `docs/proof.md`. */
import { join } from 'node:path';
import { version } from '../package.json';

/** A row of the table of results. */
export interface ProofRow {
  readonly what: string;
  readonly bound: string;
  readonly found: string;
  readonly holds: boolean;
}

export const PROOF_RESULTS = join(__dirname, '..', 'docs', 'proof.md');

/** What a proof has to show, whatever it has shown before. */
export const PROVED: Readonly<Record<string, readonly string[]>> = {
  traffic: [
    'steady load',
    'rolling replacement of all',
    'canary, withdrawn and promoted',
    'canary that crashes',
    'graceful stop',
    'kill -9',
    'a handler that hangs (SIGSTOP)',
    'an instance that cannot be reached',
    'slow instance',
    'slow clients',
  ],
  watch: ['Prometheus over a fleet in trouble', 'Zabbix over a fleet in trouble', 'Nagios over a fleet in trouble'],
};

const begin = (proof: string) => `<!-- proof:${proof} -->`;
const end = (proof: string) => `<!-- end of proof:${proof} -->`;

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function rowText({ what, bound, found, holds }: ProofRow): string {
  return `| ${cell(what)} | ${cell(bound)} | ${cell(found)} | ${holds ? 'holds' : 'FELL'} |`;
}

/** The section of a proof. @param versions of what ran beside Node.js, by name */
export function sectionOf(
  proof: string,
  rows: readonly ProofRow[],
  versions: Readonly<Record<string, string>>,
  day: string,
): string {
  const ran = Object.entries({ Slipway: version, 'Node.js': process.versions.node, ...versions });
  const lines = rows.map(rowText);
  return `${begin(proof)}
## proof:${proof}
${day}; ${ran.map(([name, release]) => `${name} ${release}`).join(',\n')}.

| what | bound | found | |
| --- | --- | --- | --- |
${lines.join('\n')}
${end(proof)}
`;
}

/** What stands in the section of a proof; nothing where there is none. */
export function rowsOf(page: string, proof: string): string[] {
  const [, after = ''] = page.split(begin(proof));
  const lines = after.split(end(proof))[0]!.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| ---')) + 1;
  const rows = first === 0 ? [] : lines.slice(first).filter((line) => line.startsWith('| '));
  return rows.map((line) => line.slice(2).split(' | ')[0]!.replaceAll('\\|', '|'));
}

/**
 * The page with the rows of a run of a part, in place of those of the same name; only on the day on which the section was made,
 * since it names one.
 *
 * @throws Error on another day, and for a row that the section does not have
 */
export function withRows(page: string, proof: string, rows: readonly ProofRow[], day: string): string {
  const section = page.slice(page.indexOf(begin(proof)), page.indexOf(end(proof)));
  if (!section.includes(`\n${day};`)) throw new Error(`the section of proof:${proof} is not of today: run all of it`);
  let changed = section;
  for (const row of rows) {
    const line = section.split('\n').find((one) => one.startsWith(`| ${cell(row.what)} |`));
    if (line === undefined) throw new Error(`the section of proof:${proof} has no row ${row.what}`);
    changed = changed.replace(line, () => rowText(row));
  }
  return page.replace(section, () => changed);
}

/** The page with the section of a proof in its place, or at its end. */
export function withSection(page: string, proof: string, section: string): string {
  const [from, to] = [page.indexOf(begin(proof)), page.indexOf(end(proof))];
  if (from < 0 || to < 0) return `${page.trimEnd()}\n\n${section}`;
  return page.slice(0, from) + section + page.slice(to + end(proof).length + 1);
}
