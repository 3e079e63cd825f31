/** What the `type` of a problem resolves to. */
import { HttpError, jsonAnswer } from '../http/http-answer';
import { PROBLEM_PATH, PROBLEMS, problemType, type Refusal } from '../http/problems';
import type { Route } from '../http/router';

function describe(refusal: Refusal): object {
  const { statuses, title, meaning } = PROBLEMS[refusal];
  return { type: problemType(refusal), title, statuses, meaning };
}

export function problemRoutes(): Route[] {
  const kinds = Object.keys(PROBLEMS) as Refusal[];
  return [
    {
      path: PROBLEM_PATH,
      method: 'GET',
      errors: 'problem',
      purpose: 'the kinds of problem that a request can meet',
      handle: () => jsonAnswer({ problems: kinds.map(describe) }),
    },
    {
      path: `${PROBLEM_PATH}/{problem}`,
      method: 'GET',
      errors: 'problem',
      purpose: 'one of them',
      handle: ({ parameters: [asked] }) => {
        const kind = kinds.find((candidate) => candidate === asked);
        if (kind) return jsonAnswer(describe(kind));
        throw new HttpError(
          404,
          'route',
          `there is no problem "${asked!.slice(0, 40)}"; there are ${kinds.join(', ')}`,
        );
      },
    },
  ];
}
