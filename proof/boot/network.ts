/** Addresses and links of the proof, inside its own network namespace: nothing leaves this machine. */
import { mkdirSync } from 'node:fs';
import { METADATA_ADDRESS, SERVICES_ADDRESS } from './aws/account';
import { command } from './command';
import { NAMESERVER } from './root-file-system';

const BRIDGE = 'instances';
const NAMESPACES = '/run/netns';

const ip = (...arguments_: string[]) => command('ip', arguments_);

/** The side of AWS: a bridge like a subnet, with the addresses of the services behind it. */
export function makeNetwork(): void {
  // `ip netns` leaves files behind; here they end with the mount namespace
  mkdirSync(NAMESPACES, { recursive: true });
  command('mount', ['-t', 'tmpfs', 'tmpfs', NAMESPACES]);
  ip('link', 'set', 'lo', 'up');
  for (const address of [METADATA_ADDRESS, NAMESERVER]) ip('address', 'add', `${address}/32`, 'dev', 'lo');
  ip('link', 'add', BRIDGE, 'type', 'bridge');
  ip('address', 'add', `${SERVICES_ADDRESS}/24`, 'dev', BRIDGE);
  ip('link', 'set', BRIDGE, 'up');
}

/**
 * The network of one instance: a namespace of its own with one interface.
 *
 * @returns path of the namespace
 */
export function attachInstance(name: string, address: string): string {
  const inside = ['-n', name];
  ip('netns', 'add', name);
  ip('link', 'add', `to-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
  ip('link', 'set', `to-${name}`, 'master', BRIDGE);
  ip('link', 'set', `to-${name}`, 'up');
  ip(...inside, 'link', 'set', 'lo', 'up');
  ip(...inside, 'address', 'add', `${address}/24`, 'dev', 'eth0');
  ip(...inside, 'link', 'set', 'eth0', 'up');
  ip(...inside, 'route', 'add', 'default', 'via', SERVICES_ADDRESS);
  return `${NAMESPACES}/${name}`;
}
