/** A self-signed certificate for https://localhost, made once and kept until it is about to expire. */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface CertificateFiles {
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Browsers and Apple's TLS refuse certificates that are valid for longer (CA/Browser Forum, 398 days). */
const VALID_DAYS = 365;

/** A certificate for localhost, 127.0.0.1 and ::1 in `folder`. */
export async function localCertificate(folder: string): Promise<CertificateFiles> {
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  if (existsSync(files.key) && existsSync(files.certificate) && !expiresSoon(files.certificate)) return files;
  mkdirSync(folder, { recursive: true });
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  writeFileSync(files.key, made.private, { mode: 0o600 });
  writeFileSync(files.certificate, made.cert);
  return files;
}

function expiresSoon(path: string): boolean {
  try {
    return Date.parse(new X509Certificate(readFileSync(path)).validTo) < Date.now() + 7 * DAY_MS;
  } catch {
    return true; // unreadable: make it anew
  }
}
