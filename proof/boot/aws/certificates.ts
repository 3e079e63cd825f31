/** A certificate authority for one run, and the certificate of the fake AWS endpoints. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../command';

export interface Certificates {
  /** PEM of the authority, which the instances trust. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * @param regions in which services are asked
 * @param others names beside those of the services
 */
export function makeCertificates(regions: readonly string[], others: readonly string[] = []): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-boot-ca-'));
  const openssl = (...arguments_: string[]) => command('openssl', arguments_, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=boot proof', '-keyout', 'ca.key', '-out', 'ca.pem');
    openssl('req', ...newKey, '-subj', '/CN=endpoints', '-keyout', 'server.key', '-out', 'server.csr');
    const names = regions.flatMap((region) => [
      `*.s3.${region}.amazonaws.com`,
      ...['logs', 'ssm'].map((service) => `${service}.${region}.amazonaws.com`),
    ]);
    writeFileSync(
      join(folder, 'names'),
      `subjectAltName=${[...names, ...others].map((name) => `DNS:${name}`).join(',')}\n`,
    );
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    openssl('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.pem');
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return { authority: read('ca.pem'), certificate: read('server.pem'), key: read('server.key') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
