/** The page on which a person tries the model: a form made from the signature, and what the endpoint answers. */
import { createHash } from 'node:crypto';
import type { GoldenRows } from '../../../lib/model/package/golden-file';
import type { Manifest } from '../../../lib/model/package/manifest';
import { valueIn } from '../../../lib/model/rows/row';
import { outputOf, takesNull } from '../../../lib/model/rows/signature';
import { fields, shownColumns } from './fields';
import script from './form.browser.js';
import { type Html, html, jsonBlock } from './markup';
import style from './style.css';

const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded, framed or sent elsewhere; only the script and the style of this very page run. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src ${digest(script)}`,
  `style-src ${digest(style)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const;

/** Golden rows that can be filled in. */
const EXAMPLES = 10;

export interface PageModel {
  readonly manifest: Manifest;
  readonly version: string;
  readonly golden?: GoldenRows;
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%230b5c70'/%3E%3Cpath d='M5 17h19l-4 6H9zM13 15V7l8 8z' fill='%23fff'/%3E%3Cpath d='M3 26l26 2' stroke='%237fd3e0' stroke-width='2'/%3E%3C/svg%3E";

const MARK = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><path class="hull" d="M4 17h21l-4.5 6.5H9zM13.5 15V5.5l9 9.5z"/><path class="way" d="M2 26.5l28 2.5"/></svg>`;

/** Golden rows as records; a truth value may stand in them as 0 or 1. */
function examplesOf({ golden, manifest }: PageModel): Record<string, unknown>[] {
  return (golden?.inputs ?? []).slice(0, EXAMPLES).map((row) =>
    Object.fromEntries(
      manifest.signature.columns.map(({ name, type }, i) => {
        const value = valueIn(row, manifest.signature, i);
        return [name, type === 'bool' ? Boolean(value) : (value ?? null)];
      }),
    ),
  );
}

/** The form and the place of its answer. */
export function trial(model: PageModel): Html {
  const { signature } = model.manifest;
  const examples = examplesOf(model);
  const shown = shownColumns(signature);
  const skipped = signature.columns.length - shown.length;
  const data = {
    columns: shown.map(({ column, index }) => ({
      id: `c${index}`,
      name: column.name,
      kind: column.categories || column.type === 'bool' ? 'choice' : column.type === 'string' ? 'text' : 'number',
      missing: takesNull(column) || (column.type === 'string' && column.missing),
    })),
    examples,
    ...(signature.classes && { classes: signature.classes }),
    probabilities: outputOf(signature, 'predict_proba') !== undefined,
  };
  const chooser =
    examples.length === 0
      ? undefined
      : html`<div class="chooser"><label for="example">Fill in a golden row</label>
<select id="example" autocomplete="off"><option value="">none</option>${examples.map((_, i) => html`<option value="${i}">row ${i + 1}</option>`)}</select></div>`;
  return html`<div class="columns">
<form id="form" novalidate>
<div id="summary" class="summary" role="alert" tabindex="-1" hidden></div>
<div class="bar">${chooser}</div>
<fieldset>
<legend>${shown.length === 1 ? 'One column' : `${shown.length} columns`}${skipped > 0 ? `, and ${skipped} that the model does not look at` : ''}</legend>
<div class="fields">
${fields(signature)}</div>
</fieldset>
<div class="actions"><button type="submit">Predict</button><button type="reset" class="quiet">Clear</button></div>
</form>
<section class="answer" aria-labelledby="answer-title">
<h2 id="answer-title">Answer</h2>
<div id="answer" aria-live="polite" tabindex="-1"><p class="empty">Fill in the form and press Predict.</p></div>
<h2 id="curl-title">The same in code</h2>
<p><label for="language">Language</label> <select id="language"><option value="curl">curl</option><option value="python">Python</option><option value="javascript">JavaScript</option></select></p>
<div class="shell"><pre id="curl" tabindex="0" role="region" aria-labelledby="curl-title"></pre><button type="button" id="copy" class="quiet">Copy</button></div>
<p id="copied" class="hint" role="status"></p>
</section>
</div>
${jsonBlock('model', data)}`;
}

/** What is asked for before anything of the model is told. */
const KEY_FORM = html`<form id="locked" class="locked" novalidate>
<label for="key">API key or token</label>
<div class="keyline"><input id="key" type="password" autocomplete="off" spellcheck="false" aria-describedby="key-hint locked-error"><button type="submit">Open</button></div>
<p class="hint" id="key-hint">Sent with each request of this page, and kept nowhere.</p>
<p class="error" id="locked-error" role="alert" hidden></p>
</form>`;

/** The whole page; a locked one asks for a key, and then for the form. */
export function page(model: PageModel, locked = false): string {
  const { manifest, version } = model;
  const estimators = manifest.source.estimators.map((name) => name.slice(name.lastIndexOf('.') + 1)).join(' › ');
  const about = locked
    ? html`<h1>A model, by key</h1><p class="about">This endpoint answers who has a key.</p>`
    : html`<h1>${manifest.name}</h1>
<p class="about">${estimators || manifest.source.format} · <span>version <code>${version}</code></span></p>`;
  const styleElement: Html = { html: `<style>${style}</style>` };
  const scriptElement: Html = { html: `<script type="module">${script}</script>` };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${locked ? 'Slipway' : `${manifest.name} · Slipway`}</title>
<link rel="icon" href="${{ html: ICON }}">
${styleElement}
</head>
<body>
<a class="skip" href="#main">Skip to the form</a>
<header>
${MARK}
<div>
${about}
</div>
${locked ? undefined : html`<nav aria-label="For programs"><a href="openapi.json">OpenAPI</a></nav>`}
</header>
<main id="main" tabindex="-1">
<noscript><p class="summary">This page sends the form with JavaScript, which is switched off here; the OpenAPI document tells what to send.</p></noscript>
${locked ? KEY_FORM : undefined}
<div id="trial" tabindex="-1">${locked ? undefined : trial(model)}</div>
</main>
${scriptElement}
</body>
</html>
`.html;
}
