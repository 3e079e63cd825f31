/** What is wrong with the properties of an endpoint, all of it at once; values that only AWS knows yet are not checked. */
import { type Stack, Token } from 'aws-cdk-lib';
import type { ISubnet } from 'aws-cdk-lib/aws-ec2';
import { callerProblem } from '../aws/addresses';
import { LIMITS, LONGEST_BAKE_SECONDS, LONGEST_BOOT_SECONDS, MOST_CALLERS, type TextLimit } from '../aws/limits';
import { notifyProblems } from '../aws/notify-problems';
import { type Place, placeProblem } from '../aws/place';
import { SlipwayError } from '../model/error';
import { versionListProblems } from '../model/instance/handler-versions';
import { shadowProblems } from '../model/package/shadow-fit';
import { versionProblems } from '../model/package/version-fit';
import { OWN_KEY } from '../model/stage/encryption';
import { OF_THE_BALANCER, prioritiesOf } from '../model/stage/existing-listener';
import { PRINCIPAL, PRINCIPAL_FORM } from '../model/stage/private-link';
import { LONGEST_ROLLOUT_SECONDS, longestSeconds } from '../model/stage/rollout';
import {
  SECRET_ARN,
  SIGN_IN_BESIDE_TOKENS_SHARED,
  SIGN_IN_BESIDE_TOKENS_UNTRIED,
  signsInForAll,
} from '../model/stage/sign-in';
import { quoted } from '../model/text/quote';
import { NO_SESSIONS_OVER_IPV6 } from '../sizing/service-level/egress';
import { edgeOf } from '../sizing/service-level/front-door';
import { WAKE_NEEDS_CALLERS } from '../sizing/service-level/schedule';
import type { ModelEndpointProps } from './model-endpoint';

/** @throws SlipwayError E_CONFIG listing every problem */
export function checkProps(props: ModelEndpointProps, stack: Stack): void {
  const known = (value: string | undefined) => (value === undefined || Token.isUnresolved(value) ? undefined : value);
  const place: Place = { region: known(stack.region), account: known(stack.account) };
  const problems: string[] = [];
  const text = (name: string, value: string | undefined, limit: TextLimit) => {
    const problem = known(value) === undefined ? undefined : limit.problem(value!);
    if (problem !== undefined) problems.push(`${name} ${problem}, got ${quoted(value)}`);
    return problem === undefined;
  };
  const placed = (name: string, arn: string | undefined, user: string, sameAccount: boolean) => {
    const problem = known(arn) === undefined ? undefined : placeProblem(arn!, place, user, sameAccount);
    if (problem !== undefined) problems.push(`${name} ${problem}`);
  };
  const { model, plan, notify, access, certificate, shadow } = props;

  if (plan.modelSha256 !== model.manifest.model.sha256) {
    problems.push(
      `the sizing plan is for a model with SHA-256 ${plan.modelSha256}, but ${model.manifest.name} has ${model.manifest.model.sha256}; plan again`,
    );
  }
  if (plan.shadow?.modelSha256 !== shadow?.model.manifest.model.sha256 || plan.shadow?.share !== shadow?.share) {
    problems.push('the sizing plan counts another shadow than the endpoint has; plan with the same model and share');
  }
  problems.push(...versionsProblems(props));
  const group = plan.shadow?.group;
  if (group && group.choice.architecture !== plan.choice.architecture) {
    problems.push('the sizing plan has a group of the shadow of another architecture than the fleet; plan again');
  }
  if (shadow) {
    const found = shadowProblems(model.manifest, shadow.model.manifest);
    problems.push(...found.map((problem) => `${shadow.model.manifest.name} cannot be the shadow: ${problem}`));
  }
  if (plan.bootTimeoutSeconds > LONGEST_BOOT_SECONDS) {
    problems.push(
      `the sizing plan gives a boot ${plan.bootTimeoutSeconds} s, and CloudFormation waits for ${LONGEST_BOOT_SECONDS} s at most; plan another instance type`,
    );
  }
  if (JSON.stringify(props.rollout) !== JSON.stringify(plan.serviceLevel.rollout)) {
    problems.push(
      'the sizing plan counts another rollout than the endpoint has; plan with the same in the service level',
    );
  }
  if (props.rollout) {
    const longest = longestSeconds(props.rollout, plan.bootTimeoutSeconds);
    if (longest > LONGEST_ROLLOUT_SECONDS) {
      problems.push(
        `the rollout may take ${Math.ceil(longest / 60)} minutes, its instances and all, and ${LONGEST_ROLLOUT_SECONDS / 60} are the most; take fewer steps or a shorter time`,
      );
    }
  }
  if (plan.bakeSeconds > LONGEST_BAKE_SECONDS) {
    problems.push(
      `the sizing plan watches a deployment for ${plan.bakeSeconds} s, and an instance refresh takes ${LONGEST_BAKE_SECONDS} s at most; plan again`,
    );
  }
  const edge = edgeOf(props);
  text('domainName', props.domainName, edge ? LIMITS.endpointName : LIMITS.hostName);
  if (edge !== edgeOf(plan.serviceLevel)) {
    problems.push(
      'the sizing plan counts another front door than the endpoint has; plan with the same in the service level',
    );
  }
  if (
    edge &&
    (props.names ||
      props.internal ||
      props.waf ||
      props.mutualTls ||
      props.backendTls ||
      props.ipAddressType ||
      props.verifyJwt ||
      props.authenticate ||
      props.privateLink ||
      certificate ||
      props.hostedZone)
  ) {
    problems.push(
      `frontDoor: ${edge} has a name and a certificate of AWS's, and takes no names, internal, waf, mutualTls, backendTls, ipAddressType, verifyJwt, authenticate, privateLink, certificate or hostedZone; take frontDoor: alb, or leave them out`,
    );
  }
  if (edge && props.place) problems.push(`frontDoor: ${edge} is of one model; leave out place`);
  if (edge && props.allowFrom?.some((caller) => edge === 'api' || !caller.startsWith('pl-'))) {
    problems.push(
      'allowFrom takes the prefix list of CloudFront alone with frontDoor: cloudfront, and nothing with api',
    );
  }
  const names = [props.domainName, ...(props.names ?? []).map((one) => one.domainName)];
  for (const [i, name] of names.entries()) {
    if (i > 0) text(`names[${i - 1}].domainName`, name, LIMITS.hostName);
    if (names.indexOf(name) < i) problems.push(`names[${i - 1}] is ${name}, which the endpoint has already`);
  }
  const counted = plan.serviceLevel.names?.count ?? 0;
  if (!props.place && counted !== names.length - 1) {
    problems.push(
      `the sizing plan counts ${counted} further names and the endpoint has ${names.length - 1}; plan with the same in the service level`,
    );
  }
  if (text('certificate', certificate?.certificateArn, LIMITS.certificate)) {
    placed('certificate', certificate?.certificateArn, 'a load balancer needs one', true);
  }
  if (access) {
    if (access.apiKeys === undefined && !access.jwt) {
      problems.push('access names neither apiKeys nor jwt, so that nobody could call; name one, or leave access out');
    }
    text('access.apiKeys', access.apiKeys, LIMITS.parameter);
    text('access.deploymentKey', access.deploymentKey, LIMITS.parameter);
    if (access.deploymentKey !== undefined && access.apiKeys === undefined) {
      problems.push('access.deploymentKey needs access.apiKeys: it is one of the keys that are let in');
    }
    text('access.jwt.keySet', access.jwt?.keySet, LIMITS.parameter);
    text('access.jwt.issuer', access.jwt?.issuer, LIMITS.issuer);
    text('access.jwt.audience', access.jwt?.audience, LIMITS.audience);
    text('access.jwt.scope', access.jwt?.scope, LIMITS.scope);
    if (text('access.encryptionKey', access.encryptionKey, LIMITS.key)) {
      placed('access.encryptionKey', access.encryptionKey, 'parameters are decrypted with a key', false);
    }
  }
  if (typeof props.encryptionKey === 'string' && props.encryptionKey !== OWN_KEY) {
    if (text('encryptionKey', props.encryptionKey, LIMITS.encryptionKey)) {
      placed('encryptionKey', props.encryptionKey, 'logs and volumes are encrypted with a key', true);
    }
  }
  if (props.sessionManager && plan.serviceLevel.egress === 'ipv6') {
    problems.push(`sessionManager ${NO_SESSIONS_OVER_IPV6}`);
  }
  const { allowFrom } = props;
  if (allowFrom && (allowFrom.length === 0 || allowFrom.length > MOST_CALLERS)) {
    problems.push(
      `allowFrom must name 1 to ${MOST_CALLERS} callers, has ${allowFrom.length}; without it everybody may call`,
    );
  }
  const { listener } = props;
  const existing = listener !== undefined || (props.place?.door.existing ?? false);
  if (existing !== (plan.serviceLevel.existingListener ?? false)) {
    problems.push(
      'the sizing plan counts another load balancer than the endpoint has; plan with the same in the service level',
    );
  }
  if (listener) {
    text('listener.arn', listener.arn, LIMITS.listener);
    text('listener.securityGroup', listener.securityGroup, LIMITS.securityGroup);
    const chosen = ['place', 'names', 'certificate', ...OF_THE_BALANCER].filter(
      (key) => props[key as keyof typeof props],
    );
    if (edge || chosen.length > 0) {
      problems.push(
        `listener has a load balancer of yours, and does not go with ${edge ? 'frontDoor' : chosen.join(', ')}`,
      );
    }
    if (!props.vpc) problems.push('listener needs vpc, the network of its load balancer');
    if (prioritiesOf(listener, props.rollout).some((priority) => priority < 1 || priority > 50_000)) {
      problems.push(
        `listener.priority is ${listener.priority}; a rule has 1 to 50000, and a rollout takes the one before`,
      );
    }
  }
  if (!props.place && (props.privateLink !== undefined) !== (plan.serviceLevel.privateLink ?? false)) {
    problems.push(
      'the sizing plan counts another PrivateLink than the endpoint has; plan with the same in the service level',
    );
  }
  if (props.privateLink && (!props.internal || props.mutualTls)) {
    problems.push('privateLink is for an endpoint that is internal, without mutualTls');
  }
  for (const [i, principal] of (props.privateLink?.allowedPrincipals ?? []).entries()) {
    if (known(principal) !== undefined && !PRINCIPAL.test(principal)) {
      problems.push(`privateLink.allowedPrincipals[${i}] ${PRINCIPAL_FORM}`);
    }
  }
  const { authenticate } = props;
  if (authenticate) {
    if ((authenticate.oidc === undefined) === (authenticate.cognito === undefined)) {
      problems.push('authenticate must name oidc or cognito, one of both');
    }
    const secret = known(authenticate.oidc?.clientSecret);
    if (secret !== undefined && !SECRET_ARN.test(secret)) {
      problems.push(
        'authenticate.oidc.clientSecret must be the ARN of a secret of Secrets Manager, not the secret itself',
      );
    }
    if (listener) problems.push('authenticate is of a load balancer of the stage; leave out listener');
    if (props.place && !signsInForAll(authenticate))
      problems.push('authenticate for the page alone is of a load balancer with one endpoint; take paths: all');
    if (signsInForAll(authenticate) && props.verifyJwt && props.rollout) {
      problems.push(`rollout ${SIGN_IN_BESIDE_TOKENS_UNTRIED}`);
    }
    if (signsInForAll(authenticate) && props.verifyJwt && props.place) {
      problems.push(`verifyJwt ${SIGN_IN_BESIDE_TOKENS_SHARED}`);
    }
  }
  if (props.verifyJwt && (props.verifyJwt.claims.length === 0 || props.verifyJwt.claims.length > 10)) {
    problems.push('verifyJwt.claims must name 1 to 10 claims: a token for another service would do without');
  }
  if (props.plan.serviceLevel.schedule?.wake && !props.internal && !props.allowFrom) {
    problems.push(`schedule.wake ${WAKE_NEEDS_CALLERS}`);
  }
  const callers = edge || existing ? undefined : callerProblem(props);
  if (callers !== undefined) problems.push(`allowFrom ${callers}`);
  problems.push(...zoneProblems(props));
  if (props.publicMetrics && access === undefined) {
    problems.push('publicMetrics needs access: everybody could read the measurements otherwise');
  }
  for (const [i, watcher] of (props.scrapeFrom ?? []).entries()) {
    text(`scrapeFrom[${i}]`, watcher, LIMITS.scraper);
  }
  for (const [i, origin] of (props.origins ?? []).entries()) text(`origins[${i}]`, origin, LIMITS.origin);
  for (const [i, place] of (props.allowTo ?? []).entries()) text(`allowTo[${i}]`, place, LIMITS.reached);
  for (const [i, caller] of (allowFrom ?? []).entries()) text(`allowFrom[${i}]`, caller, LIMITS.caller);
  for (const { path, message } of notifyProblems(notify)) {
    const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
    problems.push(`notify${name} ${message}`);
  }
  if (problems.length > 0) throw new SlipwayError('E_CONFIG', 'the endpoint is not usable', { problems });
}

function versionsProblems({ plan, model, versions }: ModelEndpointProps): string[] {
  const digest = (one: NonNullable<typeof versions>[number]) => (one.model ?? model).manifest.model.sha256;
  const asked = versions?.map((one) => [one.name, one.weight, digest(one)]);
  const counted = plan.versions?.map((one) => [one.name, one.weight, one.modelSha256]);
  if (JSON.stringify(asked) !== JSON.stringify(counted)) {
    return ['the sizing plan counts other versions than the endpoint has; plan with the same, in their order'];
  }
  if (!versions) return [];
  return [
    ...versionListProblems(versions).map(({ at, message }) => `versions${at < 0 ? '' : `[${at}]`} ${message}`),
    ...versions.flatMap((one) =>
      one.model
        ? versionProblems(model.manifest, one.model.manifest).map((problem) => `version ${one.name} ${problem}`)
        : [],
    ),
  ];
}

function zoneProblems({ plan, zonalShift, targetHealth }: ModelEndpointProps): string[] {
  const problems: string[] = [];
  if (zonalShift && plan.zones < 2) {
    problems.push('zonalShift leaves a zone for others, and the fleet stands in one; take availability: zone');
  }
  const each = Math.floor(plan.instances.minimum / plan.zones);
  const { dnsFailover: left, unhealthyRouting: asked } = targetHealth ?? {};
  for (const [key, least] of Object.entries({ dnsFailover: left, unhealthyRouting: asked })) {
    if (!least || !('count' in least) || least.count <= each) continue;
    problems.push(
      `targetHealth.${key} is ${least.count}, and a zone has ${each} of the ${plan.instances.minimum} instances that there are at the least; take fewer, or a percentage`,
    );
  }
  return problems;
}

/**
 * A load balancer takes one subnet of each zone, and instances stand in subnets of their own.
 *
 * @throws SlipwayError E_CONFIG listing every problem
 */
export function checkSubnets(kinds: Readonly<Partial<Record<'public' | 'private', readonly ISubnet[]>>>): void {
  const problems: string[] = [];
  for (const [kind, subnets] of Object.entries(kinds)) {
    for (const [name, values] of Object.entries({
      subnet: subnets.map(({ subnetId }) => subnetId),
      'availability zone': subnets.map(({ availabilityZone }) => availabilityZone),
    })) {
      for (const [i, value] of values.entries()) {
        if (values.indexOf(value) < i) problems.push(`the ${kind} subnets have the ${name} ${value} twice`);
      }
    }
  }
  for (const { subnetId } of kinds.private ?? []) {
    if (kinds.public?.some((subnet) => subnet.subnetId === subnetId)) {
      problems.push(`${subnetId} is a public subnet and a private one`);
    }
  }
  if (problems.length > 0) throw new SlipwayError('E_CONFIG', 'the network is not usable', { problems });
}
