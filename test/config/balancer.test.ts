/** Addresses, logs and health of the load balancer. */
import { parseIpv6Range } from '../../lib/aws/addresses';
import { configuration, mistakes, read } from './configuration';

const stage = (more: string) => configuration({ more: [more] });

test.each([
  ['2001:db8::/32', 32],
  ['::/0', 0],
  ['fd00::/8', 8],
  ['2001:db8::1/128', 128],
  ['1:2:3:4:5:6:7:8/128', 128],
  ['2001:db8::1/64', undefined], // not on its boundary
  ['2001:db8::/129', undefined],
  ['2001:db8::', undefined],
  ['::ffff:10.0.0.0/104', undefined],
  ['fe80::%eth0/64', undefined],
  ['10.0.0.0/8', undefined],
])('%s', (text, prefix) => expect(parseIpv6Range(text)).toBe(prefix));

test('what is written in percent and seconds is read as numbers', () => {
  const [one] = read(stage('targetHealth: { dnsFailover: 50 %, unhealthyRouting: 2, slowStart: 1m }')).stages;
  expect(one!.endpoint.targetHealth).toEqual({
    dnsFailover: { percent: 50 },
    unhealthyRouting: { count: 2 },
    slowStartSeconds: 60,
  });
});

test.each([
  ['ipAddressType: ipv6', 'ipAddressType must be one of ipv4, dualstack'],
  ['allowFrom: ["2001:db8::1/32"]', 'allowFrom.0 must be a range of IPv6 addresses that begins on its boundary'],
  ['allowFrom: ["::/0"]', 'allowFrom.0 must not be everybody'],
  ['allowFrom: ["2001:db8::/32"]', 'allowFrom has 2001:db8::/32, and the load balancer has addresses of IPv4 alone'],
  ['balancerLogs: [requests]', 'balancerLogs.0 must be one of connections, healthChecks'],
  ['balancerLogs: [connections, connections]', 'balancerLogs.1 is there already'],
  ['zonalShift: true', 'zonalShift leaves a zone for others'],
  ['targetHealth: {}', 'targetHealth must have dnsFailover, unhealthyRouting or slowStart'],
  ['targetHealth: { dnsFailover: 0 }', 'targetHealth.dnsFailover must be a number of targets'],
  ['targetHealth: { dnsFailover: 101 % }', 'targetHealth.dnsFailover must be a number of targets'],
  [
    'targetHealth: { dnsFailover: 1, unhealthyRouting: 2 }',
    'targetHealth.dnsFailover must be at least unhealthyRouting',
  ],
  ['targetHealth: { slowStart: 20s }', 'targetHealth.slowStart must be a time from 30s to 15m'],
])('%s is told', (more, told) => {
  expect(mistakes(stage(more))).toEqual([expect.stringContaining(`stages.dev.${told}`)]);
});
