/** HTML that cannot be broken out of: whatever is put into the template is escaped, unless it is HTML already. */
import { escapeHtml } from '../../../lib/model/formats/html';

export interface Html {
  readonly html: string;
}

function render(value: Html | readonly Html[] | string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'object') return 'html' in value ? value.html : value.map(render).join('');
  return escapeHtml(String(value));
}

export function html(
  parts: TemplateStringsArray,
  ...values: readonly (Html | readonly Html[] | string | number | undefined)[]
): Html {
  return { html: parts.reduce((text, part, i) => text + render(values[i - 1]) + part) };
}

/** A document of JSON inside of a page; a script element ends only at `<`, which JSON can write otherwise. */
export function jsonBlock(id: string, value: unknown): Html {
  const json: Html = { html: JSON.stringify(value).replaceAll('<', '\\u003c') };
  return html`<script type="application/json" id="${id}">${json}</script>`;
}
