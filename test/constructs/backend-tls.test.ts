/** TLS between load balancer and instance, by a certificate of the instance's own making. */
import { bootOf, endpointTemplate } from './endpoint-template';
import { groupPlan, singlePlan } from './example-plan';

const ROLLOUT = { shares: [5], holdSeconds: 600 };
const rolledOut = { ...groupPlan, serviceLevel: { ...groupPlan.serviceLevel, rollout: ROLLOUT } };

test('every target group is called and checked by HTTPS, that of a canary as well', () => {
  const { template } = endpointTemplate({ plan: rolledOut, rollout: ROLLOUT, backendTls: true });
  const groups = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'));
  expect(groups).toHaveLength(2);
  for (const { Properties } of groups) {
    expect(Properties).toMatchObject({ Protocol: 'HTTPS', HealthCheckProtocol: 'HTTPS', Port: 8080 });
  }
});

test('the handler reads certificate and key as credentials of its unit, which systemd makes of files of root', () => {
  const boot = bootOf(endpointTemplate({ plan: singlePlan, backendTls: true }).template);
  for (const [variable, file] of [
    ['SLIPWAY_TLS_CERTIFICATE', 'certificate.pem'],
    ['SLIPWAY_TLS_KEY', 'key.pem'],
  ]) {
    expect(boot).toContain(`Environment="${variable}=/run/credentials/slipway.service/${file}"`);
    expect(boot).toContain(`LoadCredential=${file}:/opt/slipway/tls/${file}`);
  }
  expect(boot.indexOf('\nmake_certificate\n')).toBeGreaterThan(0);
  expect(boot.indexOf('\nmake_certificate\n')).toBeLessThan(boot.indexOf('\nstart_handler\n'));
});

test('without it nothing of it is there', () => {
  const { template } = endpointTemplate({ plan: singlePlan });
  expect(bootOf(template)).not.toMatch(/openssl|LoadCredential|https:\/\/127/);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { Protocol: 'HTTP' });
});
