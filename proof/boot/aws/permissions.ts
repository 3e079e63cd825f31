/** Identity policies, as far as an instance role of ours uses them. */

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** IAM's own matching: `*` is any text, `?` one character; actions without regard to case. */
function matches(pattern: string, value: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(value);
}

const list = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/**
 * Whether the statements allow an action on a resource. Conditions are not evaluated: the actions that
 * a boot needs have none.
 */
export function allows(statements: readonly Statement[], action: string, resource: string): boolean {
  const applies = (statement: Statement) =>
    list(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    list(statement.Resource).some((pattern) => matches(pattern, resource));
  return (
    !statements.some((statement) => statement.Effect === 'Deny' && applies(statement)) &&
    statements.some((statement) => statement.Effect === 'Allow' && applies(statement))
  );
}
