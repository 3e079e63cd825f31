/**
 * What port 80 answers: `redirect` sends to HTTPS (of a POST many clients make a GET), `refuse` answers 403 with the reason,
 * `closed` does not listen, so that a client which uses HTTP by mistake sends its key to nobody.
 */
export const HTTP_ANSWERS = ['redirect', 'refuse', 'closed'] as const;

export type HttpAnswer = (typeof HTTP_ANSWERS)[number];
