/** One field of the form for each column that the model looks at. */
import type { Column, ElementType, Label, Signature } from '../../../lib/model/rows/signature';
import { takesNull } from '../../../lib/model/rows/signature';
import { type Html, html } from './markup';

const KINDS: Readonly<Record<ElementType, string>> = {
  float64: 'number',
  float32: 'number',
  int64: 'whole number',
  bool: 'yes or no',
  string: 'text',
};

/** Columns in the form: not those that the model does not look at. */
export function shownColumns({ columns }: Signature): { readonly column: Column; readonly index: number }[] {
  return columns.flatMap((column, index) => (column.unused ? [] : [{ column, index }]));
}

/** What the column takes, in a few words; nothing where the field itself says it. */
export function hint(column: Column): string | undefined {
  const { type, categories, maximum, above, except } = column;
  const words = [categories ? `one of ${categories.length}` : KINDS[type]];
  if (!categories && above !== undefined) words.push(above === -Number.MIN_VALUE ? 'not negative' : `above ${above}`);
  // a bound that comes from the range of single precision tells nobody anything
  if (!categories && maximum !== undefined && maximum < 1e30) words.push(`from ${-maximum} to ${maximum}`);
  if (except !== undefined) words.push(`other than ${except}`);
  if (takesNull(column)) words.push('may be missing');
  const plain = words.length === 1 && !categories && (type === 'float64' || type === 'float32');
  return plain ? undefined : words.join(', ');
}

const TRUTH: readonly Label[] = [true, false];

function options(column: Column): Html[] {
  const values = column.categories ?? TRUTH;
  const missing = takesNull(column) ? [html`<option value="null">missing</option>`] : [];
  return [
    html`<option value="" disabled selected>choose</option>`,
    ...missing,
    ...values.map((value) => html`<option value="${JSON.stringify(value)}">${String(value)}</option>`),
  ];
}

function input(column: Column, attributes: Html): Html {
  if (column.categories || column.type === 'bool') return html`<select ${attributes}>${options(column)}</select>`;
  if (column.tokens) return html`<textarea rows="4" ${attributes}></textarea>`;
  if (column.type === 'string') return html`<input type="text" ${attributes}>`;
  const { type, maximum, above } = column;
  const least = above !== undefined && above >= 0 ? above : maximum === undefined ? undefined : -maximum;
  const minimum = above === -Number.MIN_VALUE ? 0 : least;
  return html`<input type="number" step="${type === 'int64' ? 1 : 'any'}"${
    minimum === undefined ? undefined : html` min="${minimum}"`
  }${maximum === undefined ? undefined : html` max="${maximum}"`} ${attributes}>`;
}

export function fields(signature: Signature): Html[] {
  return shownColumns(signature).map(({ column, index }) => {
    const id = `c${index}`;
    const text = hint(column);
    const described = text === undefined ? undefined : html` aria-describedby="${id}-hint"`;
    const attributes = html`id="${id}" name="${column.name}" autocomplete="off"${described}`;
    return html`<div class="${column.tokens ? 'field wide' : 'field'}">
<label for="${id}">${column.name}</label>
${input(column, attributes)}
${text === undefined ? undefined : html`<p class="hint" id="${id}-hint">${text}</p>`}
<p class="error" id="${id}-error" hidden></p>
</div>
`;
  });
}
