/** Access control on an instance: where keys and key set come from, how they are fetched, and who may read them. */
import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { AccessSettings } from '../../model/instance/handler-settings';
import { HOME } from './layout';
import { heredoc, shellWord } from './quoting';

/** Who may call an endpoint, by what lies in SSM Parameter Store. At least one of `apiKeys` and `jwt`. */
export interface EndpointAccess {
  /** Parameter with a line for each API key, as `slipway key` makes them, e.g. `/slipway/prod/keys`. */
  readonly apiKeys?: string;
  /** Tokens of an issuer. @default - none are taken */
  readonly jwt?: {
    readonly issuer: string;
    readonly audience: string;
    /** Parameter with the issuer's JSON Web Key Set. */
    readonly keySet: string;
    /** What must be among the scopes of a token. @default - nothing */
    readonly scope?: string;
  };
  /** ARN of the KMS key of the parameters. @default - the key of the account for SSM, aws/ssm */
  readonly encryptionKey?: string;
  /** Whether there is a line in the log for each request. @default true */
  readonly requestLog?: boolean;
}

const FOLDER = `${HOME}/access`;
const KEYS_FILE = `${FOLDER}/keys`;
const KEY_SET_FILE = `${FOLDER}/key-set.json`;
const PROGRAM = `${HOME}/fetch-access`;

/** Every five minutes, the instances not all in the same second. */
const SCHEDULE = 'OnCalendar=*:0/5\\nRandomizedDelaySec=60\\n';

function parameters({ apiKeys, jwt }: EndpointAccess): { readonly name: string; readonly file: string }[] {
  return [
    ...(apiKeys !== undefined ? [{ name: apiKeys, file: KEYS_FILE }] : []),
    ...(jwt ? [{ name: jwt.keySet, file: KEY_SET_FILE }] : []),
  ];
}

/** What the handler is told. */
export function accessSettings({ apiKeys, jwt, requestLog }: EndpointAccess): AccessSettings {
  return {
    ...(apiKeys !== undefined && { keysFile: KEYS_FILE }),
    ...(jwt && {
      jwt: {
        issuer: jwt.issuer,
        audience: jwt.audience,
        keySetFile: KEY_SET_FILE,
        ...(jwt.scope !== undefined && { scope: jwt.scope }),
      },
    }),
    ...(requestLog === false && { requestLog }),
  };
}

/**
 * A part of the boot script: fetches the parameters now, and by a timer from then on. A parameter that cannot be
 * fetched at boot fails the boot; later the file stays as it was, and so do the keys.
 *
 * Everybody on the instance may read the files: they hold hashes and public keys.
 */
export function accessScript(access: EndpointAccess, region: string): string {
  const program = `#!/bin/bash
set -euo pipefail
umask 022
export AWS_DEFAULT_REGION=${shellWord(region)} AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5
export AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5
fetch() {
  aws ssm get-parameter --name "$1" --with-decryption --query Parameter.Value --output text > "$2.new"
  mv -f "$2.new" "$2"
}
${parameters(access)
  .map(({ name, file }) => `fetch ${shellWord(name)} ${file}\n`)
  .join('')}`;
  return `start_access() {
  mkdir -p ${FOLDER}
${heredoc(`  cat > ${PROGRAM}`, program, 'FETCH')}
  chmod 755 ${PROGRAM}
  ${PROGRAM}
  printf '[Unit]\\nDescription=Keys of the Slipway endpoint\\n[Service]\\nType=oneshot\\nExecStart=${PROGRAM}\\n' > /etc/systemd/system/slipway-access.service
  printf '[Timer]\\n${SCHEDULE}[Install]\\nWantedBy=timers.target\\n' > /etc/systemd/system/slipway-access.timer
  systemctl daemon-reload
  systemctl enable --now slipway-access.timer
}
`;
}

/** Reading exactly these parameters. The key aws/ssm lets whoever may read a parameter decrypt it; another has to be named. */
export function grantAccess(scope: Construct, access: EndpointAccess, grantee: IGrantable): void {
  const stack = Stack.of(scope);
  const allow = (action: string, resources: string[]) =>
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources }));
  allow(
    'ssm:GetParameter',
    parameters(access).map(({ name }) =>
      stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.replace(/^\//, '') }),
    ),
  );
  if (access.encryptionKey !== undefined) allow('kms:Decrypt', [access.encryptionKey]);
}
