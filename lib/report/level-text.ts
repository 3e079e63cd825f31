/** What a stage wants, each part of it by its name. */
import { printable } from '../model/text/printable';
import { burstsText } from '../sizing';
import { discountsText } from '../sizing/service-level/discounts';
import { purchaseText } from '../sizing/service-level/purchase';
import { choiceText } from '../sizing/service-level/restriction';
import { scheduleText } from '../sizing/service-level/schedule';
import type { ServiceLevel } from '../sizing/service-level/service-level';
import { dayText } from './plan-text';

export const LEVEL_NAMES: Readonly<Record<keyof ServiceLevel, string>> = {
  requestsPerSecond: 'peak requests per second',
  meanRequestsPerSecond: 'mean requests per second',
  day: 'the day',
  schedule: 'schedule',
  risePerMinute: 'steepest rise, requests/s in a minute',
  bursts: 'how requests come',
  rowsPerRequest: 'rows a request',
  p99Ms: 'p99 in ms',
  availability: 'availability',
  accessControl: 'access control',
  egress: 'way out of the network',
  internal: 'internal',
  frontDoor: 'front door',
  balancerLogs: 'further logs of the load balancer',
  firewallRules: 'rules of WAF',
  mutualTls: 'mutual TLS',
  ipAddressType: 'addresses of the load balancer',
  verifyJwt: 'tokens that the load balancer checks',
  signIn: 'signing in at the load balancer',
  zonalShift: 'zonal shift',
  privateLink: 'PrivateLink',
  alarmTopic: 'somebody is told of alarms',
  leanMonitoring: 'lean monitoring',
  requestsPerConnection: 'requests over a connection',
  balancerNodes: 'nodes of the load balancer',
  freeTier: 'free tier taken off',
  hostedZone: 'hosted zone',
  names: 'further names',
  ownName: 'name of yours before the function',
  existingListener: 'load balancer of yours',
  sharedDoor: 'front door shared with other models',
  ownCertificate: 'certificate of its own behind it',
  encryptionKey: 'encryption key',
  sessionManager: 'Session Manager',
  backendTls: 'TLS to the instances',
  instances: 'allowed instance types',
  discounts: 'discounts',
  predictive: 'predictive scaling',
  warmPool: 'warm pool',
  purchase: 'how instances are bought',
  rollout: 'rollout',
  budgetUsdPerMonth: 'budget in USD/month',
};

export function levelText(serviceLevel: ServiceLevel, key: keyof ServiceLevel): string {
  const { bursts, instances, rollout, discounts, schedule, purchase } = serviceLevel;
  if (key === 'day') return dayText(serviceLevel) ?? 'not given';
  if (key === 'bursts') return burstsText(bursts);
  if (key === 'ipAddressType') return serviceLevel.ipAddressType ?? 'ipv4';
  if (key === 'verifyJwt') return printable(serviceLevel.verifyJwt ?? 'none');
  if (key === 'names') return `${serviceLevel.names?.count ?? 'none'}`;
  if (key === 'instances' && instances) return choiceText(instances);
  if (key === 'schedule' && schedule) return scheduleText(schedule);
  if (key === 'purchase' && purchase) return purchaseText(purchase);
  if (key === 'discounts' && discounts) return discountsText(discounts);
  if (key === 'rollout' && rollout) {
    return `${rollout.shares.join(', ')} % of the requests, ${rollout.holdSeconds} s each`;
  }
  return `${serviceLevel[key] ?? 'not given'}`;
}
