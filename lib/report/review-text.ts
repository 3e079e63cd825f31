/** The parts of a review after the plans: models, and templates. */
import { escapeHtml } from '../model/formats/html';
import type { ModelDifference } from '../model-difference/model-difference';
import { code, markdownTable, plain } from './markdown';
import { modelDifferenceText } from './model-difference-text';

/** Lines of the difference of a template. */
const SHOWN_LINES = 120;

interface Models {
  readonly models: readonly {
    readonly stages: readonly string[];
    readonly problem?: string;
    readonly difference?: ModelDifference;
  }[];
  readonly removed: readonly string[];
}

export function modelsReviewText({ models, removed }: Models): string {
  const lines = ['### Models', ''];
  const same = models.filter(({ difference }) => difference === undefined).flatMap(({ stages }) => stages);
  for (const { stages, problem, difference } of models) {
    if (problem !== undefined) {
      lines.push(`The package of the base for ${stages.map(plain).join(', ')} cannot be read: ${plain(problem)}`, '');
    }
    if (difference) lines.push(modelDifferenceText(stages.join(', '), difference), '');
  }
  if (same.length > 0) lines.push(`The same package as before: ${same.map(plain).join(', ')}.`, '');
  if (removed.length > 0) lines.push(`Gone: ${removed.map(plain).join(', ')}.`, '');
  return lines.join('\n');
}

interface StackDifference {
  readonly stack: string;
  readonly only?: 'base' | 'head';
  readonly resources: number;
  readonly replacements: readonly { readonly resource: string; readonly type: string; readonly effect: string }[];
  readonly lines: readonly string[];
}

/** @param folds whether HTML may fold the long parts */
export function templatesReviewText(stacks: readonly StackDifference[], folds: boolean): string {
  const lines = ['### Templates', ''];
  if (stacks.length === 0) lines.push('No stack changes.', '');
  const replaced = stacks.flatMap(({ stack, replacements }) =>
    replacements.map(({ resource, type, effect }) => [code(stack), code(resource), code(type), `**${effect}**`]),
  );
  if (replaced.length > 0) {
    lines.push(...markdownTable(['stack', 'resource', 'type', 'what happens to it'], replaced), '');
  }
  for (const { stack, only, resources, lines: changed } of stacks) {
    const title = code(stack);
    if (only === 'head') lines.push(`${title} is a new stack of ${resources} resources.`, '');
    else if (only === 'base') lines.push(`${title} is gone: it stays in AWS until somebody destroys it.`, '');
    else {
      const block = ['```diff', ...changed.slice(0, SHOWN_LINES).map(diffLine)];
      if (changed.length > SHOWN_LINES) block.push(`  ... ${changed.length - SHOWN_LINES} lines more`);
      block.push('```', '');
      if (folds)
        lines.push('<details>', `<summary>cdk diff of ${escapeHtml(stack)}</summary>`, '', ...block, '</details>', '');
      else lines.push(`cdk diff of ${title}:`, '', ...block);
    }
  }
  return lines.join('\n');
}

/** The first character colours the line. A fence in a template ends nothing. */
function diffLine(line: string): string {
  const [, sign] = /\[([+~-])[\]/]/.exec(line) ?? [];
  return `${sign === undefined ? ' ' : sign === '~' ? '!' : sign} ${line.replaceAll('```', "'''")}`;
}
