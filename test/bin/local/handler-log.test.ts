import { inWords } from '../../../bin/local/handler-log';

test.each([
  [
    '{"time":"2026-11-30T16:19:10.663Z","level":"info","event":"ready","pid":7,"model":"credit","goldenRows":400,"warm":{"ms":3}}',
    '16:19:10 ready: model credit, goldenRows 400, warm {"ms":3}',
  ],
  [
    '{"time":"2026-11-30T16:19:10.663Z","level":"error","event":"failed","error":"no room"}',
    '16:19:10 error: failed: error no room',
  ],
  ['{"time":"2026-11-30T16:19:10.663Z","level":"info","event":"stopped","pid":7}', '16:19:10 stopped'],
  ['a library says this', 'a library says this'],
  ['{"a": 1}', '{"a": 1}'],
])('at a terminal %s is read as words', (line, words) => {
  expect(inWords(line)).toBe(words);
});
