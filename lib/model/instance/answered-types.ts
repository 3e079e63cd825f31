/** What predictions can be answered as, and how a setting asks for it. */

/** One entry of `Accept` (RFC 9110, section 12.5.1) that a prediction is answered as, with its quality and other parameters. */
const ENTRY = /^(?:\*\/\*|application\/(?:\*|json)|text\/(?:\*|csv))(?:\s*;\s*[\w.+-]+\s*=\s*(?:"[^"]*"|[^\s";]*))*$/i;

/** What a setting must be, for a message: `NAME ${ANSWERED}`. */
export const ANSWERED =
  'must be what predictions can be answered as, application/json or text/csv, as in an Accept header';

/** Whether every entry of a value as of `Accept` is one that predictions are answered as. */
export function isAnswered(accept: string): boolean {
  return accept.split(',').every((entry) => ENTRY.test(entry.trim()));
}
