import { alarmName } from '../../../lib/constructs/monitoring/alarm-name';

const of = { stage: 'prod', model: 'titanic', domainName: 'titanic.example.com' };

test('says what is wrong, where, of which endpoint', () => {
  expect(alarmName('no healthy instance', of)).toBe('prod titanic: no healthy instance (titanic.example.com)');
  expect(alarmName('no healthy instance', { ...of, stage: '' })).toMatch(/^titanic: /);
});

test('is no longer than CloudWatch takes, and still one of its own', () => {
  const domain = (end: string) => `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${end}`;
  const names = ['one', 'two'].map((end) => alarmName('answers are slow', { ...of, domainName: domain(end) }));
  for (const name of names) expect(name).toHaveLength(255);
  expect(names[0]).not.toBe(names[1]);
});
