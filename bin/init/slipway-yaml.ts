/** The first slipway.yaml of a folder. */
import { stringify } from 'yaml';
import { parseConfig } from '../../lib/config/load';
import type { Door } from './front-doors';
import { type Answers, EVERYBODY, INTERNAL, NONE, notified, separated, tagsOf } from './questions';

export const CONFIG = 'slipway.yaml';

/** The one stage that is written. */
export const STAGE = 'dev';

const INSTANCES =
  'availability: single # one VM, replaced by itself; "instance" and "zone" keep the latency when one of them is lost';
const FUNCTION = 'compute: lambda # a function of AWS Lambda behind an HTTP API; "instances" are for more requests';

/** @param who absent where nobody was asked: without a domain everybody may call */
function whoMayCall(who: string | undefined): object {
  if (who === undefined || who === EVERYBODY) return {};
  return who === INTERNAL ? { internal: true } : { allowFrom: separated(who) };
}

/**
 * @param model its folder
 * @throws SlipwayError E_CONFIG for answers that do not go together
 */
export function slipwayYaml(model: string, answers: Answers, door: Door): string {
  const { name, region, domain = NONE, zone, zoneId, callers, rps, meanRps, p99, notify } = answers;
  const mean = meanRps !== NONE && { meanRequestsPerSecond: Number(meanRps) };
  const tags = tagsOf(answers.tags);
  const inner = {
    traffic: { requestsPerSecond: Number(rps), ...mean, p99 },
    ...((door === 'cloudfront' || door === 'api') && { frontDoor: door }),
    ...(domain === NONE && { name: `${name}-${STAGE}` }),
    ...(domain !== NONE && { domain: { name: domain, zone, zoneId } }),
    ...whoMayCall(callers),
    monitoring: { notify: notified(notify) },
    ...(tags && { tags }),
  };
  const lines = Object.entries(inner).map(([key, value]) => `    ${key}: ${flow(value)}`);
  const text = `# What is deployed, and where. Made by "slipway init"; the reference of slipway.yaml explains every key.
model: ${flow(model)}

stages:
  ${STAGE}:
    region: ${flow(region)}
    ${door === 'lambda' ? FUNCTION : INSTANCES}
${lines.join('\n')}
`;
  parseConfig(text, CONFIG);
  return text;
}

function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
