/** An endpoint that is given its traffic in place of a plan: it plans by itself. */
import { type Stack, Token } from 'aws-cdk-lib';
import { SlipwayError } from '../model/error';
import { type ModelPackage, readProfile } from '../model/package/model-package';
import { namedPackage } from '../model/package/named-package';
import { keyKind } from '../model/stage/encryption';
import { signInOf } from '../model/stage/sign-in';
import { type ServiceLevel, sizingPlan } from '../sizing';
import type { NamesLevel } from '../sizing/service-level/service-level';
import type { FurtherName } from './front-door/entrance';
import type { ModelEndpointProps } from './model-endpoint';

/** What follows from the other properties of the endpoint. */
type Followed =
  | 'sharedDoor'
  | 'accessControl'
  | 'alarmTopic'
  | 'rollout'
  | 'frontDoor'
  | 'hostedZone'
  | 'names'
  | 'existingListener'
  | 'balancerLogs'
  | 'encryptionKey'
  | 'sessionManager'
  | 'backendTls'
  | 'ipAddressType'
  | 'verifyJwt'
  | 'signIn'
  | 'zonalShift'
  | 'privateLink';

/** What clients ask of the endpoint, and what it has to keep. */
export interface Traffic extends Omit<ServiceLevel, Followed | 'rowsPerRequest'> {
  /** Rows in one request. @default 1 */
  readonly rowsPerRequest?: number;
}

export interface UnplannedEndpointProps extends Omit<ModelEndpointProps, 'model' | 'plan'> {
  /**
   * A model package, or its folder, in which the profile lies, or its address in a registry, `s3://bucket/prefix@sha256:...`,
   * from which `slipway pull` has fetched it before synthesis.
   */
  readonly model: ModelPackage | string;
  readonly plan?: undefined;
  /** From which the sizing plan is made. */
  readonly traffic: Traffic;
}

function namesLevel(
  { hostedZone, certificate }: Pick<ModelEndpointProps, 'hostedZone' | 'certificate'>,
  names: readonly FurtherName[],
): NamesLevel {
  const zones = new Set(names.flatMap((one) => one.hostedZone?.hostedZoneId ?? []));
  zones.delete(hostedZone?.hostedZoneId ?? '');
  const own = names.filter((one) => one.certificate === undefined || one.certificate !== certificate);
  return { count: names.length, zones: zones.size, certificates: own.length };
}

/** @throws SlipwayError E_CONFIG where the stack has no region; as `namedPackage`, `readProfile` and `sizingPlan` */
export function planned(given: ModelEndpointProps | UnplannedEndpointProps, { region }: Stack): ModelEndpointProps {
  if (given.plan !== undefined) return given;
  const { traffic, model: named, plan: _none, ...props } = given;
  if (traffic === undefined) {
    throw new SlipwayError(
      'E_CONFIG',
      'neither plan nor traffic is given, and one of them says how large the endpoint is',
    );
  }
  if (Token.isUnresolved(region)) {
    throw new SlipwayError(
      'E_CONFIG',
      'prices and instance types are those of a region; name it: new Stack(app, id, { env: { region: "eu-west-1" } })',
    );
  }
  const model = typeof named === 'string' ? namedPackage(named) : named;
  const {
    access,
    frontDoor,
    shadow,
    versions,
    vpc,
    notify,
    rollout,
    hostedZone,
    names,
    listener,
    balancerLogs,
    encryptionKey,
    sessionManager,
    backendTls,
    place,
    ipAddressType,
    verifyJwt,
    authenticate,
    zonalShift,
    privateLink,
  } = props;
  const plan = sizingPlan({
    profile: readProfile(model),
    manifest: model.manifest,
    region,
    serviceLevel: {
      rowsPerRequest: 1,
      ...traffic,
      ...(access && { accessControl: access.requestLog === false ? 'unlogged' : 'logged' }),
      ...(vpc && { egress: traffic.egress ?? 'existing' }),
      ...(notify === 'none' && { alarmTopic: false }),
      ...(rollout && { rollout }),
      ...(frontDoor && { frontDoor }),
      ...(hostedZone && { hostedZone: true }),
      ...(names && names.length > 0 && { names: namesLevel(props, names) }),
      ...(balancerLogs && { balancerLogs }),
      ...((listener || place?.door.existing) && { existingListener: true }),
      ...(sessionManager && { sessionManager }),
      ...(backendTls && { backendTls }),
      ...(ipAddressType && { ipAddressType }),
      ...(verifyJwt && { verifyJwt: verifyJwt.issuer }),
      ...(authenticate && { signIn: signInOf(authenticate)! }),
      ...(zonalShift && { zonalShift }),
      ...(privateLink && { privateLink: true }),
      ...(place && { sharedDoor: true }),
      ...(encryptionKey !== undefined && { encryptionKey: keyKind(encryptionKey) }),
    },
    ...(versions && {
      versions: versions.map(({ name, weight, model: own = model }) => {
        return { name, weight, profile: readProfile(own), manifest: own.manifest };
      }),
    }),
    ...(shadow && {
      shadow: {
        profile: readProfile(shadow.model),
        manifest: shadow.model.manifest,
        share: shadow.share,
        ...(shadow.group !== undefined && { group: shadow.group }),
      },
    }),
  });
  return { ...props, model, plan };
}
