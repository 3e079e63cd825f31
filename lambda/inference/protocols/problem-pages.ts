/** What the `type` of a problem resolves to. */
import { HttpError, jsonAnswer } from '../http/http-answer';
import { PROBLEM_PATH, PROBLEMS, problemType, type Refusal } from '../http/problems';
import { type EndpointRoute, jsonOf, TEXT } from '../openapi/route';
import { arrayOf, objectOf, type Schema } from '../openapi/schema';

const PROBLEM: Schema = {
  type: 'object',
  properties: { type: TEXT, title: TEXT, statuses: arrayOf({ type: 'integer' }), meaning: TEXT },
  required: ['type', 'title', 'statuses', 'meaning'],
};

function problem(refusal: Refusal): object {
  const { statuses, title, meaning } = PROBLEMS[refusal];
  return { type: problemType(refusal), title, statuses, meaning };
}

export function problemRoutes(): EndpointRoute[] {
  const kinds = Object.keys(PROBLEMS) as Refusal[];
  return [
    {
      method: 'GET',
      path: PROBLEM_PATH,
      purpose: 'the kinds of problem that a request can meet',
      open: true,
      describe: () => ({
        tag: 'Documentation',
        answers: { 200: jsonOf('All', objectOf({ problems: arrayOf(PROBLEM) })) },
      }),
      handle: () => jsonAnswer({ problems: kinds.map(problem) }),
    },
    {
      method: 'GET',
      path: `${PROBLEM_PATH}/{problem}`,
      purpose: 'one of them',
      open: true,
      describe: () => ({ tag: 'Documentation', answers: { 200: jsonOf('One', PROBLEM) }, errors: [404] }),
      handle: ({ parameters: [asked] }) => {
        const kind = kinds.find((candidate) => candidate === asked);
        if (kind) return jsonAnswer(problem(kind));
        throw new HttpError(
          404,
          'route',
          `there is no problem "${asked!.slice(0, 40)}"; there are ${kinds.join(', ')}`,
        );
      },
    },
  ];
}
