/** The instance metadata service, version 2 alone: without a token it answers 401. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ACCOUNT, accessKeyOf, type Machine, ROLE } from './account';

const HOURS_6_MS = 6 * 3600 * 1000;

type Tree = { readonly [name: string]: string | Tree };

/** Leaves by name; folders as AWS lists them, with a slash behind. */
function metadata(machine: Machine): Tree {
  const { address, instanceId, instanceType, stack } = machine;
  const mac = `02:00:${address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
  const hostname = `ip-${address.replaceAll('.', '-')}.${stack.region}.compute.internal`;
  return {
    'ami-id': 'ami-0123456789abcdef0',
    autoscaling: { 'target-lifecycle-state': machine.boundFor ?? 'InService' },
    hostname,
    'instance-id': instanceId,
    'instance-type': instanceType,
    'local-hostname': hostname,
    'local-ipv4': address,
    mac,
    placement: { 'availability-zone': `${stack.region}a`, region: stack.region },
    services: { domain: 'amazonaws.com', partition: 'aws' },
    iam: {
      'security-credentials': {
        [ROLE]: JSON.stringify({
          Code: 'Success',
          Type: 'AWS-HMAC',
          LastUpdated: new Date().toISOString(),
          AccessKeyId: accessKeyOf(machine),
          SecretAccessKey: 'not-a-secret',
          Token: 'not-a-token',
          Expiration: new Date(Date.now() + HOURS_6_MS).toISOString(),
        }),
      },
    },
    network: {
      interfaces: {
        macs: { [mac]: { 'device-number': '0', 'interface-id': 'eni-0123456789abcdef0', 'local-ipv4s': address, mac } },
      },
    },
  };
}

function identityDocument({ address, instanceId, instanceType, stack }: Machine): string {
  return JSON.stringify({
    accountId: ACCOUNT,
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    availabilityZone: `${stack.region}a`,
    instanceId,
    instanceType,
    privateIp: address,
    region: stack.region,
    version: '2017-09-30',
  });
}

function find(tree: Tree, path: string): string | undefined {
  let node: string | Tree | undefined = tree;
  for (const part of path.split('/').filter(Boolean)) {
    node = typeof node === 'object' ? node[part] : undefined;
  }
  if (typeof node !== 'object') return node;
  return Object.entries(node)
    .map(([name, value]) => (typeof value === 'object' ? `${name}/` : name))
    .join('\n');
}

const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds';

/** Answers the metadata requests of the machines; each gets what is its own. */
export function metadataService(machineOf: (request: IncomingMessage) => Machine | undefined) {
  const tokens = new Set<string>();
  return (request: IncomingMessage, response: ServerResponse): void => {
    const machine = machineOf(request);
    const path = (request.url ?? '/').split('?')[0]!;
    const lifetime = request.headers[TTL_HEADER];
    let status = 200;
    let body: string | undefined;
    if (machine && request.method === 'PUT' && path === '/latest/api/token') {
      body = randomBytes(32).toString('base64');
      tokens.add(body);
      if (lifetime) response.setHeader(TTL_HEADER, lifetime);
    } else if (!tokens.has(String(request.headers['x-aws-ec2-metadata-token']))) {
      status = 401;
    } else if (machine && (body = answer(machine, path)) === undefined) {
      status = 404;
    }
    response.writeHead(status, { 'content-type': 'text/plain', server: 'EC2ws' });
    response.end(body);
  };
}

function answer(machine: Machine, path: string): string | undefined {
  const [, rest = ''] = /^\/(?:latest|\d{4}-\d\d-\d\d)(\/.*)?$/.exec(path) ?? [];
  if (rest.startsWith('/user-data')) return machine.userData;
  if (rest.startsWith('/meta-data')) return find(metadata(machine), rest.slice('/meta-data'.length));
  const dynamic = { 'instance-identity': { document: identityDocument(machine) } };
  return rest.startsWith('/dynamic') ? find(dynamic, rest.slice('/dynamic'.length)) : undefined;
}
