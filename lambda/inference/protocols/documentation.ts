/** The endpoint described for programs. */
import { jsonAnswer } from '../http-answer';
import { type DocumentLimits, openApiDocument } from '../openapi/document';
import type { Route } from '../router';
import type { ServedModel } from '../served-model';

export function documentationRoutes(
  model: ServedModel,
  limits: DocumentLimits,
  routes: () => readonly Route[],
): Route[] {
  let document: ReturnType<typeof jsonAnswer> | undefined; // made by whoever asks first: most never do
  return [
    {
      path: '/openapi.json',
      method: 'GET',
      errors: 'problem',
      purpose: 'this model and its routes as OpenAPI 3.1',
      handle: () => (document ??= jsonAnswer(openApiDocument(model, routes(), limits))),
    },
  ];
}
