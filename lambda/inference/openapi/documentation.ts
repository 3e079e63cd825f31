/** The endpoint described: for programs, and on a page for people. */
import { type Answer, jsonAnswer } from '../http/http-answer';
import { PAGE_HEADERS, page, trial } from '../page/page';
import type { ServedModels } from '../serving/served-models';
import { type DocumentLimits, openApiDocument } from './document';
import { type EndpointRoute, jsonOf, textOf } from './route';

export function documentationRoutes(
  models: ServedModels,
  limits: DocumentLimits,
  routes: () => readonly EndpointRoute[],
  locked = false,
): EndpointRoute[] {
  // both are made by whoever asks first, and kept: most processes are never asked
  let document: Answer | undefined;
  let whole: Answer | undefined;
  const { package_, digits } = models.default;
  const { manifest, golden } = package_;
  const about = { manifest, version: digits, ...(golden && { golden }) };
  const htmlAnswer = (body: string): Answer => ({
    status: 200,
    type: 'text/html; charset=utf-8',
    body,
    headers: PAGE_HEADERS,
  });
  const form: EndpointRoute = {
    method: 'GET',
    path: '/docs/form',
    purpose: 'the form of that page',
    describe: () => ({ tag: 'Documentation', answers: { 200: textOf('A part of a page', 'text/html') } }),
    handle: () => htmlAnswer(trial(about).html),
  };
  return [
    {
      method: 'GET',
      path: '/openapi.json',
      purpose: 'this model and its routes as OpenAPI 3.1',
      describe: () => ({
        tag: 'Documentation',
        answers: { 200: jsonOf('An OpenAPI 3.1 document', { type: 'object' }) },
      }),
      handle: () => (document ??= jsonAnswer(openApiDocument(models, routes(), limits, locked))),
    },
    {
      method: 'GET',
      path: '/docs',
      purpose: 'a page to try the model on',
      open: true, // before it has a key it tells nothing of the model
      describe: () => ({ tag: 'Documentation', answers: { 200: textOf('A page', 'text/html') } }),
      handle: () => (whole ??= htmlAnswer(page(about, locked))),
    },
    ...(locked ? [form] : []),
  ];
}
