/** A page of the API reference, from the model that API Extractor makes of declarations. */

export interface ApiItem {
  readonly kind: string;
  readonly name?: string;
  readonly docComment?: string;
  readonly excerptTokens?: readonly { readonly text: string }[];
  readonly members?: readonly ApiItem[];
}

/** @param entry as it is imported, after the name of the package: `` or `./sizing` */
export function apiPage(entry: string, packageName: string, model: ApiItem): string {
  const items = model.members?.[0]?.members ?? [];
  const name = `${packageName}${entry.replace(/^\./, '')}`;
  return `${[
    `# ${name}`,
    '',
    'Made of the sources by `npm run api-reference`. Do not edit it.',
    '',
    '<!-- api -->',
    ...items.flatMap(itemLines),
    '<!-- /api -->',
  ].join('\n')}\n`;
}

function itemLines({ kind, name = '', ...item }: ApiItem): string[] {
  const lines = [
    `## ${name.replace(/_\d+$/, '')}`,
    '',
    ...commentLines(item.docComment),
    ...block(declarationOf(item)),
  ];
  if (kind !== 'Interface' && kind !== 'Class') return lines;
  return [...lines, ...(item.members ?? []).flatMap(memberLines)];
}

function memberLines(member: ApiItem): string[] {
  const [first = '', ...more] = commentLines(member.docComment).filter((line) => line !== '');
  const declaration = declarationOf(member).replace(/\s+/g, ' ').replaceAll('`', "'").replace(/;$/, '');
  return [`- \`${declaration}\`${first === '' ? '' : `: ${first}`}`, ...more.map((line) => `  ${line}`), ''];
}

const declarationOf = ({ excerptTokens = [] }: Pick<ApiItem, 'excerptTokens'>): string =>
  excerptTokens
    .map(({ text }) => text)
    .join('')
    .replace(/\b(\w+)_\d\b/g, '$1') // two of one name in the declarations
    .trim();

const block = (code: string) => ['```ts', code, '```', ''];

/** The text of a comment; its tags are words. */
function commentLines(comment = ''): string[] {
  const text = comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .replace(/^\s*\* ?/gm, '')
    .replace(/@param (\S+)(?: -)?/g, '\n- `$1`:')
    .replace(/@(returns|throws)\s+/g, '\n- $1 ')
    .replace(/@default(?:Value)?\s+(?:- )?/g, '\n- default: ')
    .replace(/\{@link ([^}|]+)(?:\|[^}]*)?\}/g, '`$1`');
  const lines = text.split('\n').map((line) => line.trim().replace(/</g, '&lt;'));
  const told = lines.filter((line, i) => line !== '' || (i > 0 && lines[i - 1] !== ''));
  return told.join('').trim() === '' ? [] : [...told, ''];
}
