/** How a shadow's answers differ from those that were served, as plain text of at most 100 columns. */
import type { ShadowReport } from '../comparison/shadow/verdict';
import { printable } from '../model/text/printable';
import { percent } from '../model/units';
import { table, wrapped } from './table';

/** Rows of a table. */
const SHOWN_PAIRS = 20;
const LONGEST_ANSWER = 30;

const number = (value: number) => (value === 0 ? '0' : value.toPrecision(3));
const short = (value: unknown) => {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > LONGEST_ANSWER ? `${text.slice(0, LONGEST_ANSWER)}...` : text;
};

const VERDICTS: Readonly<Record<ShadowReport['verdict'], string>> = {
  agrees: 'agrees with the served model',
  differs: 'differs from the served model',
  'too few rows': 'is not known well enough',
};

function costText({ counts, cpuMsPerRow, runMsPerRow, servedMsPerRow }: ShadowReport): string {
  if (cpuMsPerRow === undefined) return 'not known yet';
  const parts = [
    `${number(cpuMsPerRow)} ms of CPU a row with all that comparing takes, ${number(counts.cpuMs / 1000)} s in all`,
  ];
  if (runMsPerRow !== undefined) parts.push(`${number(runMsPerRow)} ms of the engine`);
  if (servedMsPerRow !== undefined) parts.push(`the served model's runs take ${number(servedMsPerRow)} ms a row`);
  return parts.join('; ');
}

/** @param where it was read */
export function shadowReportText(where: string, report: ShadowReport): string {
  const { counts, shadow, verdict, reason, absent = [] } = report;
  const { rows, refusedRows, failedRows, droppedRows, requests, restarts, outputs, confusion, largest } = counts;
  const name = shadow ? `${printable(shadow.model)} ${shadow.version} beside ${shadow.served}` : 'the shadow';
  const given = [
    ...(requests > 0 ? [`${requests} requests`] : []),
    `${rows} rows answered`,
    ...(refusedRows > 0 ? [`${refusedRows} refused`] : []),
    ...(failedRows > 0 ? [`${failedRows} failed`] : []),
    `${droppedRows} dropped`,
    ...(restarts > 0 ? [`started again ${restarts} x`] : []),
  ];
  const lines = [
    ...wrapped(`${name}, ${where}`, 'Shadow    '),
    ...wrapped(`${VERDICTS[verdict]}: ${reason}`, 'Verdict   '),
    ...wrapped(given.join(', '), 'Rows      '),
    ...wrapped(costText(report), 'Cost      '),
    ...absent.flatMap((text) => wrapped(text, 'Absent    ')),
  ];
  if (Object.keys(outputs).length > 0) {
    lines.push(
      '',
      'By output',
      ...table([
        ['output', 'rows', 'agree', 'mean difference', 'largest'],
        ...Object.entries(outputs).map(([output, one]) => [
          output,
          `${one.rows}`,
          percent(one.agreeing / one.rows, 2),
          number(one.sumOfDifferences / one.rows),
          number(one.largest),
        ]),
      ]),
    );
  }
  if (confusion.length > 0) {
    const pairs = [...confusion].sort((a, b) => b[2] - a[2]).slice(0, SHOWN_PAIRS);
    lines.push(
      '',
      'By label',
      ...table([
        ['served', 'shadow', 'rows'],
        ...pairs.map(([ours, theirs, many]) => [short(ours), short(theirs), `${many}`]),
      ]),
    );
  }
  if (largest.length > 0) {
    lines.push(
      '',
      'Largest differences',
      ...table([
        ['request', 'row', 'output', 'served', 'shadow', 'difference'],
        ...largest.map((one) => [
          printable(one.requestId),
          `${one.row}`,
          one.output,
          short(one.served),
          short(one.shadow),
          one.difference === null ? 'no number' : number(one.difference),
        ]),
      ]),
    );
  }
  return `${lines.join('\n')}\n`;
}
