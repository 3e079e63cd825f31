/** Access control on an instance: where keys and key set come from, how they are fetched, and who may read them. */
import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Access, HandlerAccess } from '../../model/stage/access';
import { decryptVia } from '../encryption/encryption-key';
import { dualStackPrefix } from './dual-stack';
import { HOME, UNIT } from './layout';
import { heredoc, shellWord } from './quoting';

export interface AccessOptions {
  /**
   * Who may call the endpoint, by what lies in SSM Parameter Store; a network that is given must reach SSM too.
   * @default - everybody who reaches it
   */
  readonly access?: Access;
}

const FOLDER = `${HOME}/access`;
const keysFile = (folder: string) => `${folder}/keys`;
const keySetFile = (folder: string) => `${folder}/key-set.json`;
const PROGRAM = `${HOME}/fetch-access`;

/** Every five minutes, the instances not all in the same second. */
const SCHEDULE = 'OnCalendar=*:0/5\\nRandomizedDelaySec=60\\n';

/** A handler that waits for it at a start goes on after that with what it has. */
const FETCH_SECONDS = 60;

/** Parameters, and the files that they become. */
export function parametersOf(
  { apiKeys, jwt }: Access,
  folder = FOLDER,
): { readonly name: string; readonly file: string }[] {
  return [
    ...(apiKeys !== undefined ? [{ name: apiKeys, file: keysFile(folder) }] : []),
    ...(jwt ? [{ name: jwt.keySet, file: keySetFile(folder) }] : []),
  ];
}

/** What the handler is told: it reads files, into which the parameters are fetched. */
export function handlerAccess({ apiKeys, jwt, requestLog }: Access, folder = FOLDER): HandlerAccess {
  return {
    apiKeys: apiKeys === undefined ? undefined : keysFile(folder),
    jwt: jwt && { ...jwt, keySet: keySetFile(folder) },
    requestLog,
  };
}

/**
 * A part of the boot script: fetches the parameters now, and by a timer from then on; and before the handler where the machine
 * starts again, since a key may have been withdrawn while it was stopped. A parameter that cannot be fetched at boot fails the
 * boot; later the file stays as it was, and so do the keys.
 *
 * Everybody on the instance may read the files: they hold hashes and public keys.
 *
 * @param dualStack whether SSM is called by the name that has IPv6 addresses, too
 */
export function accessScript(access: Access, region: string, dualStack = false): string {
  const program = `#!/bin/bash
set -euo pipefail
umask 022
export AWS_DEFAULT_REGION=${shellWord(region)} AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5
export AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5
fetch() {
  ${dualStackPrefix(dualStack)}aws ssm get-parameter --name "$1" --with-decryption --query Parameter.Value --output text > "$2.new"
  mv -f "$2.new" "$2"
}
${parametersOf(access)
  .map(({ name, file }) => `fetch ${shellWord(name)} ${file}\n`)
  .join('')}`;
  return `start_access() {
  mkdir -p ${FOLDER}
${heredoc(`  cat > ${PROGRAM}`, program, 'FETCH')}
  chmod 755 ${PROGRAM}
  ${PROGRAM}
  printf '[Unit]\\nDescription=Keys of the Slipway endpoint\\nWants=network-online.target\\nAfter=network-online.target\\nBefore=${UNIT}\\n[Service]\\nType=oneshot\\nTimeoutStartSec=${FETCH_SECONDS}\\nExecStart=${PROGRAM}\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/slipway-access.service
  printf '[Timer]\\n${SCHEDULE}[Install]\\nWantedBy=timers.target\\n' > /etc/systemd/system/slipway-access.timer
  systemctl daemon-reload
  systemctl enable slipway-access.service
  systemctl enable --now slipway-access.timer
}
`;
}

/** Reading exactly these parameters. The key aws/ssm lets whoever may read a parameter decrypt it; another has to be named. */
export function grantAccess(scope: Construct, access: Access, grantee: IGrantable): void {
  const stack = Stack.of(scope);
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['ssm:GetParameter'],
      resources: parametersOf(access).map(({ name }) => parameterArn(stack, name)),
    }),
  );
  if (access.encryptionKey !== undefined) {
    grantee.grantPrincipal.addToPrincipalPolicy(decryptVia(scope, access.encryptionKey, 'ssm'));
  }
}

export function parameterArn(stack: Stack, name: string): string {
  return stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.replace(/^\//, '') });
}
