/**
 * A template for a snapshot: without what changes by itself, and with scripts line by line, so that a
 * reviewer sees in the difference what a change does.
 */

/** A stack of a cloud assembly, `Template.fromStack(stack).toJSON()`, or a template as it was read from its file. */
export type TemplateLike = { readonly template: object } | { readonly [section: string]: unknown };

const DIGEST = /\b[0-9a-f]{64}\b/g;

/** CDK appends a digest of the user data to the logical id of an instance that is replaced with it. */
const REPLACED_INSTANCE = /(Instance[0-9A-F]{8})[0-9a-f]{16}\b/g;

/**
 * @returns the template with `<sha256>` for each digest (assets, model packages), `<digest>` in ids that end in one, lists
 *   of lines for texts of several lines, and without what CDK adds for its bootstrap
 */
export function templateSnapshot(stack: TemplateLike): Record<string, unknown> {
  const whole = 'template' in stack && typeof stack.template === 'object' ? stack.template : stack;
  const { Rules: _rules, Parameters, ...template } = structuredClone(whole) as Record<string, Record<string, unknown>>;
  const { BootstrapVersion: _version, ...parameters } = Parameters ?? {};
  const text = JSON.stringify({ Parameters: parameters, ...template }).replaceAll(REPLACED_INSTANCE, '$1<digest>');
  // in the values and not in the text, where a digest at the start of a line stands behind the n of its \n
  return JSON.parse(text, (_key, value) => {
    if (typeof value !== 'string') return value;
    const masked = value.replaceAll(DIGEST, '<sha256>');
    return masked.includes('\n') ? masked.split('\n') : masked;
  });
}
