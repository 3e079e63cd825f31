/**
 * CSV: RFC 4180, as pandas' `to_csv` writes it. Every cell is text. csv-parse (7.0.3) does not do it: either it refuses a
 * quotation mark inside of a bare value, which is taken here, or it takes text behind a quoted value, which is damage.
 */
import type { SlipwayError } from '../../model/error';
import { withoutByteOrderMark } from '../../model/formats/byte-order-mark';

/**
 * @param maximum cells
 * @param damaged makes the error that says what is wrong
 */
export function parseCsv(
  source: string,
  maximum: number,
  damaged: (what: string) => SlipwayError,
): { name: string; cells: string[] }[] {
  const text = withoutByteOrderMark(source);
  if (text.includes('\uFFFD')) throw damaged('is not UTF-8; save it as UTF-8');
  let header: string[] | undefined;
  let columns: { name: string; cells: string[] }[] = [];
  let line = 0;
  let cells = 0;
  for (const record of records(text, damaged)) {
    line++;
    if (!header) {
      header = record;
      columns = header.map((name) => ({ name, cells: [] }));
      continue;
    }
    if (record.length === 1 && record[0] === '' && header.length > 1) continue; // an empty line
    if (record.length !== header.length) {
      throw damaged(`has ${record.length} values in row ${line}, and its header has ${header.length} names`);
    }
    cells += record.length;
    if (cells > maximum) throw damaged(`has more than ${maximum} values; golden and training rows need not be many`);
    record.forEach((value, i) => {
      columns[i]!.cells.push(value);
    });
  }
  return columns;
}

function* records(text: string, damaged: (what: string) => SlipwayError): Generator<string[]> {
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let value: string;
    if (text[at] === '"') {
      let end = at + 1;
      for (;;) {
        const quote = text.indexOf('"', end);
        if (quote < 0) throw damaged('has a quoted value without an end');
        end = quote + 1;
        if (text[end] !== '"') break;
        end++; // two quotes stand for one
      }
      value = text.slice(at + 1, end - 1).replaceAll('""', '"');
      at = end;
    } else {
      let end = at;
      while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
      value = text.slice(at, end);
      at = end;
    }
    record.push(value);
    if (text[at] === ',') {
      at++;
      if (at === text.length) record.push('');
      continue;
    }
    if (at < text.length && text[at] !== '\n' && text[at] !== '\r') throw damaged('has text behind a quoted value');
    at += text.startsWith('\r\n', at) ? 2 : 1;
    yield record;
    record = [];
  }
  if (record.length > 0) yield record;
}
