/** The first slipway.yaml of a folder. */
import { stringify } from 'yaml';
import { parseConfig } from '../../lib/config/load';
import type { Compute } from '../../lib/sizing/service-level/compute';
import { type Answers, EVERYBODY, INTERNAL, NONE, notified, separated } from './questions';

export const CONFIG = 'slipway.yaml';

/** The one stage that is written. */
export const STAGE = 'dev';

const INSTANCES =
  'availability: single # one VM, replaced by itself; "instance" and "zone" keep the latency when one of them is lost';
const FUNCTION = 'compute: lambda # a function of AWS Lambda behind an HTTP API; "instances" are for more requests';
const CHEAPEST =
  'compute: cheapest # a function of AWS Lambda, or instances: what "slipway plan" finds; name the kind before clients call it';

const KINDS: Readonly<Record<Compute, string>> = {
  instances: INSTANCES,
  lambda: FUNCTION,
  cheapest: `${CHEAPEST}\n    ${INSTANCES}`,
};

/** A distribution of CloudFront, which has a name and a certificate of AWS. */
const withoutDomain = (model: string) => ({ frontDoor: 'cloudfront', name: `${model}-${STAGE}` });

/** @param who absent where nobody was asked: without a domain everybody may call */
function whoMayCall(who: string | undefined): object {
  if (who === undefined || who === EVERYBODY) return {};
  return who === INTERNAL ? { internal: true } : { allowFrom: separated(who) };
}

/**
 * @param model its folder
 * @throws SlipwayError E_CONFIG for answers that do not go together
 */
export function slipwayYaml(model: string, answers: Answers): string {
  const { name, region, compute, domain = NONE, zone, zoneId, callers, rps, p99, notify } = answers;
  const inner = {
    traffic: { requestsPerSecond: Number(rps), p99 },
    ...(compute === 'lambda' && domain === NONE && { name: `${name}-${STAGE}` }),
    ...(compute !== 'lambda' && domain === NONE && withoutDomain(name)),
    ...(domain !== NONE && { domain: { name: domain, zone, zoneId } }),
    ...whoMayCall(callers),
    monitoring: { notify: notified(notify) },
  };
  const lines = Object.entries(inner).map(([key, value]) => `    ${key}: ${flow(value)}`);
  const text = `# What is deployed, and where. Made by "slipway init"; the reference of slipway.yaml explains every key.
model: ${flow(model)}

stages:
  ${STAGE}:
    region: ${flow(region)}
    ${KINDS[(compute ?? 'instances') as Compute]}
${lines.join('\n')}
`;
  parseConfig(text, CONFIG);
  return text;
}

function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
