import { createPrivateKey, X509Certificate } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificateFiles, localCertificate } from '../../../bin/local/certificate';
import { temporaryFolder } from '../../../testing/temporary-folder';

let folder: string;
let place: string;
beforeEach(() => {
  folder = temporaryFolder();
  place = join(folder, 'tls');
});

function expectPair({ certificate, key }: CertificateFiles): void {
  const pair = new X509Certificate(readFileSync(certificate));
  expect(pair.checkPrivateKey(createPrivateKey(readFileSync(key)))).toBe(true);
  expect(pair.subjectAltName).toContain('localhost');
}

test('a certificate is made once', async () => {
  const files = await localCertificate(place);
  expectPair(files);
  expect(statSync(files.key).mode & 0o077).toBe(0);
  const before = readFileSync(files.certificate, 'utf8');
  expect(await localCertificate(place)).toEqual(files);
  expect(readFileSync(files.certificate, 'utf8')).toBe(before);
});

test('two commands that make one at once both have a pair that belongs together', async () => {
  const [one, other] = await Promise.all([localCertificate(place), localCertificate(place)]);
  expect(one).toEqual(other);
  expectPair(one!);
  expect(readdirSync(folder)).toEqual(['tls']);
});

test.each([
  [
    'a key of another certificate',
    async () => copyFileSync((await localCertificate(join(folder, 'b'))).key, join(place, 'key.pem')),
  ],
  ['a certificate that is cut off', async () => writeFileSync(join(place, 'certificate.pem'), '-----BEGIN')],
  ['no key', async () => rmSync(join(place, 'key.pem'))],
])('%s is not used: both are made anew', async (_, damage) => {
  await localCertificate(place);
  await damage();
  expectPair(await localCertificate(place));
});

test('a place that is no folder is said to be so', async () => {
  writeFileSync(place, '');
  await expect(localCertificate(join(place, 'below'))).rejects.toMatchObject({
    code: 'E_FILE',
    message: expect.stringContaining('a part of the path is a file'),
  });
});
