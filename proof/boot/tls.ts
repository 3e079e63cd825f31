/** A boot with TLS from the load balancer: a certificate of the instance's own, whose key nobody but root and the handler reads. */
import { connect } from 'node:tls';
import { HANDLER_LOG, TLS_CREDENTIALS, TLS_FILES, UNIT } from '../../lib/constructs/boot/layout';
import { READY_PATH } from '../../lib/model/instance/handler-settings';
import { statusOf } from './client';
import { judgeReboot, judgeRestart } from './life';
import type { Booting, World } from './world';

const TIMEOUT_MS = 5000;

/** What a client without demands agrees on with the handler. */
function agreed({ hostname, port }: URL): Promise<{ version: string | null; fingerprint: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false, timeout: TIMEOUT_MS });
    socket.once('secureConnect', () => {
      resolve({ version: socket.getProtocol(), fingerprint: socket.getPeerCertificate().fingerprint256 });
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(new Error('no handshake in time')));
    socket.once('error', reject);
  });
}

export async function judgeTls(world: World, booting: Booting): Promise<void> {
  const { report } = world;
  const { name, instance, url } = booting;
  const { version, fingerprint } = await agreed(url);
  report.equal(version, 'TLSv1.3', `${name}: the handler speaks TLS 1.3`);
  const plain = new URL(READY_PATH, `http://${url.host}`);
  report.equal(await statusOf(plain), undefined, `${name}: plain HTTP is answered nothing`);

  const stat = async (path: string) => (await instance.run('stat', '-c', '%U %a', path)).output.trim();
  report.equal(
    [await stat(TLS_FILES.key.slice(0, TLS_FILES.key.lastIndexOf('/'))), await stat(TLS_FILES.key)],
    ['root 700', 'root 600'],
    `${name}: root alone reads the key`,
  );
  const { code } = await instance.run('setpriv', '--reuid=65534', '--clear-groups', 'cat', TLS_CREDENTIALS.key);
  report.check(code !== 0, `${name}: the credential of the handler is read by no other user`);
  const logged = await instance.run('grep', '-c', 'PRIVATE KEY', HANDLER_LOG, '/var/log/cloud-init-output.log');
  report.check(logged.code === 1, `${name}: no log has the key`, logged.output.trim());

  await judgeRestart(world, booting);
  await judgeReboot(world, booting);
  const again = await agreed(url);
  report.equal(again.fingerprint, fingerprint, `${name}: after a reboot ${UNIT} has the same certificate`);
}
