// Runs in the browser, as it stands here: sends the form as one record, and shows what the endpoint answers.
const byId = (id) => document.getElementById(id);
/** Set by `start`, when the form is on the page. */
let model;
let form;
let summary;
let answer;
const MISTAKE = Symbol('mistake');

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/** What a field holds, as JSON; undefined for what was not given. */
function read({ id, kind, missing }) {
  const input = byId(id);
  if (input.validity.badInput) return MISTAKE;
  if (input.value === '') return kind === 'text' && !missing ? '' : missing && kind !== 'choice' ? null : undefined;
  if (kind === 'choice') return JSON.parse(input.value);
  return kind === 'number' ? Number(input.value) : input.value;
}

const record = () => Object.fromEntries(model.columns.map((column) => [column.name, read(column)]));

const predictUrl = (method) => new URL(method, document.baseURI);

/** Whether the endpoint is of this machine, whose certificate only the folder of `slipway serve` has. */
const isLocal = ({ protocol, hostname }) =>
  protocol === 'https:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** A request as programs write it: of an address, a body of JSON, and whether a key goes with it. */
const LANGUAGES = {
  curl: (url, body, key) =>
    [
      `curl ${isLocal(url) ? '--insecure ' : ''}${url}`,
      ...(key ? ['-H "authorization: Bearer $SLIPWAY_KEY"'] : []),
      "-H 'content-type: application/json'",
      `-d '${body.replaceAll("'", "'\\''")}'`,
    ].join(' \\\n  '),
  python: (url, body, key) => {
    const headers = ['"content-type": "application/json"'];
    if (key) headers.push('"authorization": "Bearer " + os.environ["SLIPWAY_KEY"]');
    const local = isLocal(url);
    const imports = ['json', ...(key ? ['os'] : []), ...(local ? ['ssl'] : []), 'urllib.request'];
    return `import ${imports.join(', ')}

body = ${JSON.stringify(body)}
headers = {${headers.join(', ')}}
request = urllib.request.Request("${url}", body.encode(), headers)
${local ? 'context = ssl._create_unverified_context()  # of this machine alone\n' : ''}with urllib.request.urlopen(request${local ? ', context=context' : ''}) as answer:
    print(json.load(answer))`;
  },
  javascript: (url, body, key) => {
    const headers = ["'content-type': 'application/json'"];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the program that is shown
    if (key) headers.push('authorization: `Bearer ${process.env.SLIPWAY_KEY}`');
    const local = isLocal(url) ? '// in Node.js with NODE_TLS_REJECT_UNAUTHORIZED=0, on this machine alone\n' : '';
    return `${local}const answer = await fetch('${url}', {
  method: 'POST',
  headers: { ${headers.join(', ')} },
  body: JSON.stringify(${body}),
});
console.log(await answer.json());`;
  },
};

function showCurl() {
  const body = JSON.stringify({ data: [record()] });
  byId('curl').textContent = LANGUAGES[byId('language').value](predictUrl('predict'), body, Boolean(byId('key')));
}

function describe(id, texts) {
  byId(id).setAttribute('aria-describedby', texts.filter(byId).join(' '));
}

function clearErrors() {
  summary.hidden = true;
  for (const { id } of model.columns) {
    const input = byId(id);
    input.removeAttribute('aria-invalid');
    describe(id, [`${id}-hint`]);
    byId(`${id}-error`).hidden = true;
  }
}

/** @param errors by id of the field; what belongs to none is under '' */
function showErrors(errors, title) {
  const links = [];
  for (const [id, text] of errors) {
    const column = model.columns.find((known) => known.id === id);
    if (!column) {
      links.push(element('li', { textContent: text }));
      continue;
    }
    const input = byId(id);
    const message = byId(`${id}-error`);
    message.textContent = text;
    message.hidden = false;
    input.setAttribute('aria-invalid', 'true');
    describe(id, [`${id}-error`, `${id}-hint`]);
    links.push(element('li', {}, element('a', { href: `#${id}`, textContent: `${column.name}: ${text}` })));
  }
  summary.replaceChildren(element('p', { textContent: title }), element('ul', {}, ...links));
  summary.hidden = false;
  summary.focus();
  answer.replaceChildren(element('p', { className: 'empty', textContent: 'No answer.' }));
}

/** `/data/0/a~1b` is the field of the column `a/b` (RFC 6901). */
function fieldOf(pointer) {
  const token = pointer.split('/')[3]?.replaceAll('~1', '/').replaceAll('~0', '~');
  return model.columns.find(({ name }) => name === token)?.id ?? '';
}

async function post(method, body) {
  const response = await fetch(predictUrl(method), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentials() },
    body,
  });
  const document = await response.json();
  if (response.ok) return document.result[0];
  throw Object.assign(new Error(document.detail), { problem: document, status: response.status });
}

/** The key, where the endpoint wants one; it is kept nowhere but in the field. */
function credentials() {
  const key = byId('key')?.value;
  return key ? { authorization: `Bearer ${key}` } : {};
}

function showFailure(error) {
  const { problem } = error;
  if (!problem) return showErrors([['', 'the endpoint does not answer']], 'Nothing was predicted');
  const fields = problem.errors?.filter(({ pointer }) => pointer !== undefined) ?? [];
  const told = fields.map(({ pointer, expected, got }) => {
    const id = fieldOf(pointer);
    const plain = expected.replace(/ for column ".*"$/s, '');
    return [id, `expected ${plain}, got ${got === 'null' || got === 'nothing' ? 'nothing' : got}`];
  });
  showErrors(told.length > 0 ? told : [['', problem.detail]], `Nothing was predicted: ${problem.title.toLowerCase()}`);
}

const percent = (share) => `${(share * 100).toFixed(share > 0.9995 && share < 1 ? 3 : 1)} %`;

function probabilityList(shares) {
  const rows = shares.map((share, i) => ({ name: String(model.classes?.[i] ?? i), share }));
  rows.sort((a, b) => b.share - a.share);
  const items = rows.map(({ name, share }) => {
    const bar = element('span', { className: 'share' });
    bar.style.setProperty('--share', share);
    const line = element(
      'span',
      { className: 'line' },
      element('span', { textContent: name }),
      element('span', { className: 'percent', textContent: percent(share) }),
    );
    return element('li', {}, line, bar);
  });
  return element('ul', { className: 'shares', ariaLabel: 'Probabilities' }, ...items);
}

function showAnswer(label, shares, milliseconds) {
  const values = [label].flat().map((value) => (value === null ? 'not a number' : String(value)));
  const title = values.length > 1 ? 'Predictions' : 'Prediction';
  answer.replaceChildren(
    element('p', { className: 'kicker', textContent: title }),
    ...values.map((value) => element('p', { className: 'label', textContent: value })),
    ...(shares ? [probabilityList(shares)] : []),
    element('p', { className: 'hint', textContent: `answered in ${milliseconds.toFixed(0)} ms` }),
  );
  answer.scrollIntoView({ block: 'nearest' }); // on a narrow screen it is below the form
}

async function predict() {
  clearErrors();
  answer.replaceChildren();
  const values = record();
  const wrong = model.columns.filter(({ name }) => values[name] === MISTAKE);
  if (wrong.length > 0) {
    showErrors(
      wrong.map(({ id }) => [id, 'expected a number']),
      'Nothing was sent',
    );
    return;
  }
  const body = JSON.stringify({ data: [values] });
  const startedAt = performance.now();
  form.setAttribute('aria-busy', 'true');
  try {
    const methods = model.probabilities ? ['predict', 'predict_proba'] : ['predict'];
    const [label, shares] = await Promise.all(methods.map((method) => post(method, body)));
    showAnswer(label, shares, performance.now() - startedAt);
  } catch (error) {
    showFailure(error);
  } finally {
    form.removeAttribute('aria-busy');
  }
}

function fill(row) {
  clearErrors();
  for (const { id, name, kind } of model.columns) {
    const value = row[name] ?? null;
    const input = byId(id);
    input.value = kind === 'choice' ? JSON.stringify(value) : (value ?? '');
  }
  showCurl();
}

/** Begins when the form is on the page. */
function start() {
  model = JSON.parse(byId('model').textContent);
  form = byId('form');
  summary = byId('summary');
  answer = byId('answer');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void predict();
  });
  form.addEventListener('reset', () => {
    clearErrors();
    setTimeout(showCurl); // when the fields are empty
  });
  form.addEventListener('input', showCurl);
  summary.addEventListener('click', (event) => {
    const target = event.target.closest('a');
    if (!target) return;
    event.preventDefault();
    byId(target.hash.slice(1)).focus();
  });
  byId('example')?.addEventListener('change', (event) => {
    const row = model.examples[event.target.value];
    if (row) fill(row);
  });
  byId('language').addEventListener('change', showCurl);
  byId('copy').addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(byId('curl').textContent);
      byId('copied').textContent = 'copied';
    } catch {
      byId('copied').textContent = 'the browser does not let the page copy; select the text instead';
    }
  });

  if (model.examples.length > 0) {
    byId('example').value = '0';
    fill(model.examples[0]);
  } else showCurl();
}

/** An endpoint with access control tells of its model only to who has a key. */
async function unlock(event) {
  event.preventDefault();
  const told = byId('locked-error');
  told.hidden = true;
  const response = await fetch(new URL('docs/form', document.baseURI), { headers: credentials() }).catch(
    () => undefined,
  );
  if (!response?.ok) {
    const problem = await response?.json().catch(() => undefined);
    told.textContent = problem?.detail ?? 'the endpoint does not answer';
    told.hidden = false;
    byId('key').setAttribute('aria-invalid', 'true');
    byId('key').focus();
    return;
  }
  byId('key').removeAttribute('aria-invalid');
  byId('trial').innerHTML = await response.text();
  start();
  byId('trial').focus();
}

byId('locked')?.addEventListener('submit', unlock);
if (byId('model')) start();
