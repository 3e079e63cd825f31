/** Rows of the table of acknowledged findings; `tsx scripts/acknowledgements-table.ts` writes them into docs/security.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOV, GUARD } from '../lib/constructs/findings/accepted-findings';
import { ACKNOWLEDGED } from '../lib/constructs/findings/acknowledgements';

export const SECURITY_PAGE = join(__dirname, '../docs/security.md');
const HEAD = '| part | rules | accepted because |\n| --- | --- | --- |\n';

/** The page with the table of today. */
export function withTable(page: string): string {
  const start = page.indexOf(HEAD) + HEAD.length;
  const rest = page.slice(start).replace(/^(\|.*\n)*/, '');
  const acknowledged = Object.entries(ACKNOWLEDGED).flatMap(([part, findings]) =>
    findings.map(({ rules, reason }) => ({ part, checks: rules as readonly string[], reason })),
  );
  const rows = [...acknowledged, ...CHECKOV, ...GUARD].map(
    ({ part, checks, reason }) => `| ${part} | ${checks.map((check) => `\`${check}\``).join(', ')} | ${reason} |\n`,
  );
  return page.slice(0, start) + rows.join('') + rest;
}

if (require.main === module) writeFileSync(SECURITY_PAGE, withTable(readFileSync(SECURITY_PAGE, 'utf8')));
