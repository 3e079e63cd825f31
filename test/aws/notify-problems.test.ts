import { notifyProblems, targetsOf } from '../../lib/aws/notify-problems';

const slack = (ids: Record<string, unknown>) => ({ slack: ids });
const SLACK = { slack: { workspace: 'T0123ABCDEF', channel: 'C0123ABCDEF' } };

const TEAMS = {
  teams: {
    tenant: '0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
    team: '0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
    channel: '19%3Aab12-_x%40thread.tacv2',
  },
};

test.each([
  ['none'],
  [['ops@example.com']],
  [['ops@example.com', 'https://events.example.com/x', '/slipway/prod/pagerduty', SLACK, TEAMS]],
  [{ page: ['/slipway/prod/pagerduty'] }],
  [{ page: [SLACK], inform: ['team@example.com'] }],
])('takes %j', (notify) => expect(notifyProblems(notify)).toEqual([]));

test.each([
  [{ inform: ['team@example.com'] }, ['page'], /^must be a list/],
  [{ page: ['ops@example.com'], tell: [] }, [], /^must be a list of e-mail/],
  [{ page: [] }, ['page'], /^must be a list/],
  [{ page: ['ops@example.com'], inform: ['nobody'] }, ['inform', 0], /^must be an e-mail address/],
  [['http://events.example.com/x'], [0], /^must be an https address/],
  [['https://user:word@events.example.com/x'], [0], /^must be an https address/],
  [['https://events.example.com'], [0], /with a path/],
  [['/aws/x'], [0], /^must not begin with \/aws/],
  [[SLACK, SLACK], [1], /^is there already/],
  [[slack({ workspace: 'T0123ABCDEF' })], [0, 'slack', 'channel'], /^is missing/],
  [[slack({ workspace: 'my-team', channel: 'C0123ABCDEF' })], [0, 'slack', 'workspace'], /^must be an id of Slack/],
  [[slack({ workspace: 'T0123ABCDEF', channel: 'C0123ABCDEF', name: 'ops' })], [0, 'slack'], /^has name/],
  [[{ teams: { ...TEAMS.teams, channel: '19:ab@thread' } }], [0, 'teams', 'channel'], /^must be the id in the link/],
  [[{ telegram: { channel: 'x' } }], [0], /^must be an e-mail address, an https address/],
  [[{ ...SLACK, ...TEAMS }], [0], /slack or teams/],
])('refuses %j', (notify, path, message) => {
  expect(notifyProblems(notify)).toEqual([{ path, message: expect.stringMatching(message) }]);
});

test('one list is told of both kinds of alarms, and two of one each', () => {
  expect(targetsOf(['a@example.com'])).toEqual({ page: ['a@example.com'], inform: ['a@example.com'] });
  expect(targetsOf({ page: [SLACK] })).toEqual({ page: [SLACK], inform: [] });
});
