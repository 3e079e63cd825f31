/** `domain` of slipway.yaml: the name that a stage is named after, and further ones. */
import { z } from 'zod';
import { certificateNames, LONGEST_COMMON_NAME } from '../aws/certificate-names';
import { LIMITS, MOST_NAMES } from '../aws/limits';
import { type Place, placeProblem } from '../aws/place';
import type { NamesLevel } from '../sizing/service-level/service-level';
import type { DomainConfig, FurtherName } from './config';
import type { Mistake, StageMistake } from './mistake';
import { hostName, text } from './value-forms';

export const domainSchema = z.strictObject({
  name: hostName.optional(),
  zone: hostName.optional(),
  zoneId: text(LIMITS.zoneId).optional(),
  certificate: text(LIMITS.certificate).optional(),
  privateZoneId: text(LIMITS.zoneId).optional(),
  names: z
    .array(
      z.union([
        hostName,
        z.strictObject({
          name: hostName,
          zone: hostName.optional(),
          zoneId: text(LIMITS.zoneId).optional(),
          certificate: text(LIMITS.certificate).optional(),
          privateZoneId: text(LIMITS.zoneId).optional(),
        }),
      ]),
    )
    .max(MOST_NAMES, `must be at most ${MOST_NAMES}: a load balancer has so many certificates`)
    .optional(),
});

export type DomainDocument = z.infer<typeof domainSchema>;

const MISSING_NAME =
  'is missing: the name clients will use, e.g. credit.example.com; without one of yours take frontDoor: cloudfront or api';

const LONG_NAME = `a certificate begins with a name of at most ${LONGEST_COMMON_NAME}; take a shorter name, or give the certificate of yours`;

/** What takes the names of a stage. */
interface Named {
  /** Whether a listener that is there has a certificate already. @default false */
  readonly certified?: boolean;
  /** What needs the certificate. @default - a load balancer */
  readonly needs?: string;
}

/** What is wrong with the names of a domain and their zones, by the key that says it. */
export function domainMistakes(domain: DomainDocument, place: Place, by: Named = {}): Mistake[] {
  const { certified = false, needs = 'a load balancer' } = by;
  const { name, zone, zoneId, certificate } = domain;
  if (!name) return [{ path: ['name'], message: MISSING_NAME }];
  const mistakes: Mistake[] = [];
  if (zone && !zoneId) mistakes.push({ path: ['zoneId'], message: missingId(zone) });
  if (zoneId && !zone) mistakes.push({ path: ['zone'], message: missingZone(zoneId) });
  if (zone && !isIn(name, zone)) mistakes.push({ path: ['name'], message: outside(name, zone) });
  if (!zone && !zoneId && !certificate && !certified) {
    mistakes.push({
      path: [], // so that it is not told where the certificate or the zone is there, and wrong
      message:
        'needs a certificate: give zone and zoneId of a Route 53 hosted zone (a certificate is made), or certificate (the ARN of one you have)',
    });
  }
  const misplaced = certificate && placeProblem(certificate, place, `${needs} needs one`, true);
  if (misplaced) mistakes.push({ path: ['certificate'], message: misplaced });
  if (!certificate && zone && certificateNames(name, zone) === undefined) {
    const message = `has ${name.length} characters and its zone ${zone.length}: ${LONG_NAME}`;
    mistakes.push({ path: ['name'], message });
  }
  return [...mistakes, ...furtherMistakes(domain, place, needs)];
}

const isIn = (name: string, zone: string) => name === zone || name.endsWith(`.${zone}`);

const outside = (name: string, zone: string) =>
  `"${name}" is not in the zone ${zone}; take a name that ends in .${zone}, or the zone that it is in`;

const missingId = (zone: string) =>
  `is missing: synthesis asks AWS nothing, so give the id of ${zone}; "aws route53 list-hosted-zones-by-name --dns-name ${zone}" prints it`;

const missingZone = (zoneId: string) => `is missing: the name of the hosted zone ${zoneId}`;

const asWritten = ({ names = [] }: DomainDocument): FurtherName[] =>
  names.map((one) => (typeof one === 'string' ? { name: one } : one));

/** At most one mistake of each further name. */
function furtherMistakes(domain: DomainDocument, place: Place, needs: string): Mistake[] {
  const written = asWritten(domain);
  return written.flatMap((further, i): Mistake[] => {
    const { name, zone, zoneId, certificate } = further;
    const at = (message: string, ...key: string[]) => [{ path: ['names', i, ...key], message }];
    if (name === domain.name) return at(`is ${name}, the name of the endpoint already`);
    if (written.findIndex((other) => other.name === name) < i) return at(`is ${name}, which is there already`);
    if (zone && !zoneId) return at(missingId(zone), 'zoneId');
    if (zoneId && !zone) return at(missingZone(zoneId), 'zone');
    if (zone && !isIn(name, zone)) return at(outside(name, zone), 'name');
    if (!zone && domain.zone && !isIn(name, domain.zone)) {
      return at(
        `"${name}" is not in the zone ${domain.zone}; name the zone that it is in, e.g. { name: ${name}, zone: ${name.slice(name.indexOf('.') + 1)}, zoneId: Z... }`,
      );
    }
    const zoned = zone ?? domain.zone;
    const given = certificate ?? (zone === undefined ? domain.certificate : undefined);
    if (!zoned && !given) {
      return at('needs a certificate: give zone and zoneId of the hosted zone that it is in, or certificate');
    }
    const misplaced = certificate && placeProblem(certificate, place, `${needs} needs one`, true);
    if (misplaced) return at(misplaced, 'certificate');
    if (given || !zoned || certificateNames(name, zoned)) return [];
    return at(`has ${name.length} characters and its zone ${zoned.length}: ${LONG_NAME}`);
  });
}

/** What is wrong with the zone of the record of an internal endpoint. */
export function privateZoneMistakes({ zoneId, privateZoneId }: DomainDocument, internal: boolean): StageMistake[] {
  if (privateZoneId === undefined) return [];
  const mistakes: StageMistake[] = [];
  const at = (message: string) => mistakes.push([['domain', 'privateZoneId'], message]);
  if (!internal) at('is for an internal endpoint; set internal: true, or leave it out');
  if (privateZoneId === zoneId) {
    at('is domain.zoneId, the public zone by which the certificate is validated; take a private one');
  }
  return mistakes;
}

/** A domain without mistakes, each of its names with the zone that it is in and the certificate that it is told to have. */
export function domainOf(domain: DomainDocument): DomainConfig {
  const { name, names: _, ...rest } = domain;
  const { zone, zoneId, privateZoneId, certificate } = domain;
  const names = asWritten(domain).map((further): FurtherName => {
    if (further.zone !== undefined) return further;
    const shared = { ...(zone && zoneId && { zone, zoneId }), ...(privateZoneId && { privateZoneId }) };
    return { ...shared, ...further, ...(certificate !== undefined && !further.certificate && { covered: true }) };
  });
  return { ...rest, name: name!, ...(names.length > 0 && { names }) };
}

/** What the further names cost; undefined where there are none. */
export function namesLevel(domain: DomainDocument): NamesLevel | undefined {
  const { names = [], zoneId } = domainOf(domain);
  if (names.length === 0) return undefined;
  const zones = new Set(names.flatMap((one) => one.zoneId ?? []));
  zones.delete(zoneId ?? '');
  return { count: names.length, zones: zones.size, certificates: names.filter(({ covered }) => !covered).length };
}
