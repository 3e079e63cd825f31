/** The endpoint described: for programs, and on a page for people. */
import { type Answer, jsonAnswer } from '../http/http-answer';
import type { Route } from '../http/router';
import { PAGE_HEADERS, page, trial } from '../page/page';
import type { ServedModel } from '../serving/served-model';
import { type DocumentLimits, openApiDocument } from './document';

export function documentationRoutes(
  model: ServedModel,
  limits: DocumentLimits,
  routes: () => readonly Route[],
  locked = false,
): Route[] {
  // both are made by whoever asks first, and kept: most processes are never asked
  let document: Answer | undefined;
  let whole: Answer | undefined;
  const { manifest, golden } = model.package_;
  const about = { manifest, version: model.version, ...(golden && { golden }) };
  const htmlAnswer = (body: string): Answer => ({
    status: 200,
    type: 'text/html; charset=utf-8',
    body,
    headers: PAGE_HEADERS,
  });
  const get = (path: string, purpose: string, handle: Route['handle']): Route => ({
    path,
    method: 'GET',
    errors: 'problem',
    purpose,
    handle,
  });
  return [
    get(
      '/openapi.json',
      'this model and its routes as OpenAPI 3.1',
      () => (document ??= jsonAnswer(openApiDocument(model, routes(), limits, locked))),
    ),
    get('/docs', 'a page to try the model on', () => (whole ??= htmlAnswer(page(about, locked)))),
    ...(locked ? [get('/docs/form', 'the form of that page', () => htmlAnswer(trial(about).html))] : []),
  ];
}
