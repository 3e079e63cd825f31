import { SlipwayError } from '../../../lib/model/error';
import { fileError, named, systemError } from '../../../lib/model/files/file-error';

const system = (code: string, others: object = { syscall: 'write' }) =>
  Object.assign(new Error(`${code}: whatever Node.js says`), { code, ...others });

test.each([
  ['ENOSPC', /^plan\.html: cannot be written: the disk is full; free some space \(ENOSPC\)$/],
  ['EROFS', /the file system is read-only \(EROFS\)$/],
  ['EACCES', /you may not \(no permission\) \(EACCES\)$/],
  ['EUNKNOWNTHING', /^plan\.html: cannot be written: EUNKNOWNTHING$/],
])('%s is told with the path and in words', (code, message) => {
  const error = fileError('plan.html', 'written', system(code)) as SlipwayError;
  expect(error).toMatchObject({ code: 'E_FILE', exitStatus: 2, message: expect.stringMatching(message) });
});

test('an error of ours keeps its code, and a fault stays a fault', () => {
  const own = new SlipwayError('E_FORMAT', 'is damaged');
  const fault = new TypeError('x is undefined');
  const numbered = Object.assign(new Error('a library said so'), { code: 'ERR_LIBRARY' });
  for (const tell of [systemError, (cause: unknown) => fileError('a', 'read', cause)]) {
    for (const error of [own, fault, numbered, undefined, 'text']) expect(tell(error)).toBe(error);
  }
  expect(named('a', 'read', () => 1)).toBe(1);
});

test.each([
  [system('ENOSPC'), 'E_FILE', '"write" failed: the disk is full; free some space (ENOSPC)'],
  [
    system('EIO', { syscall: 'open', path: '/mnt/x' }),
    'E_FILE',
    '/mnt/x: "open" failed: the disk or the network drive failed (EIO)',
  ],
  [
    system('ECONNREFUSED', { syscall: 'connect', address: '::1', port: 80 }),
    'E_UNREACHABLE',
    '::1:80: "connect" failed: nothing listens there (ECONNREFUSED)',
  ],
  [
    system('ENOTFOUND', { syscall: 'getaddrinfo', hostname: 'no.example' }),
    'E_UNREACHABLE',
    'no.example: "getaddrinfo" failed: no such name is known (ENOTFOUND)',
  ],
  [
    system('EACCES', { syscall: 'listen', address: '::', port: 80 }),
    'E_PORT',
    ':::80: "listen" failed: you may not (no permission) (EACCES)',
  ],
])('what nobody thought of is no fault of ours either: %s', (cause, code, message) => {
  expect(systemError(cause)).toMatchObject({ code, message });
});
