/** A self-signed certificate for https://localhost, made once and kept until it is about to expire. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { placeFolder } from '../../lib/model/files/place-folder';

export interface CertificateFiles {
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Browsers and Apple's TLS refuse certificates that are valid for longer (CA/Browser Forum, 398 days). */
const VALID_DAYS = 365;

/** A certificate for localhost, 127.0.0.1 and ::1 in `folder`. @throws SlipwayError E_FILE when it cannot be written */
export async function localCertificate(folder: string): Promise<CertificateFiles> {
  if (isUsable(filesIn(folder))) return filesIn(folder);
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
  const fill = (place: string) => {
    const { certificate, key } = filesIn(place);
    writeFileSync(key, made.private, { mode: 0o600 });
    writeFileSync(certificate, made.cert);
  };
  // both at once: another command may make its own at this moment, and of a pair that is mixed nobody could serve
  placeFolder(folder, fill, (there) => (isUsable(filesIn(there)) ? 'keep' : 'replace'));
  return filesIn(folder);
}

function filesIn(folder: string): CertificateFiles {
  return { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
}

/** Whether they can be read, belong together, and will do for a while. */
function isUsable({ certificate, key }: CertificateFiles): boolean {
  try {
    const known = new X509Certificate(readFileSync(certificate));
    const lasts = Date.parse(known.validTo) > Date.now() + 7 * DAY_MS;
    return lasts && known.checkPrivateKey(createPrivateKey(readFileSync(key)));
  } catch {
    return false; // missing or damaged: make them anew
  }
}
