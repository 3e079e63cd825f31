import { hostKindOf } from '../../lib/profiling/host';

const VIRTUAL = 'processor\t: 0\nflags\t\t: fpu vme hypervisor avx2\n';
const OWN = 'processor\t: 0\nflags\t\t: fpu vme avx2\n';

test.each([
  ['a virtual machine', '', '', VIRTUAL, 'shared'],
  ['a laptop', 'LENOVO', '21HM', OWN, 'unknown'],
  ['no Linux', '', '', '', 'unknown'],
  ['an instance of EC2', 'Amazon EC2', 'c8g.medium', '', 'dedicated'],
  ['one whose processor marks a virtual machine', 'Amazon EC2', 'm7a.medium', VIRTUAL, 'dedicated'],
  ['a burstable one', 'Amazon EC2', 't4g.small', '', 'shared'],
  ['a flexible one', 'Amazon EC2', 'm7i-flex.large', VIRTUAL, 'shared'],
] as const)('%s', (_, vendor, product, cpuinfo, kind) => {
  expect(hostKindOf(vendor, product, cpuinfo)).toBe(kind);
});
