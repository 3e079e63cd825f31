/**
 * The boot script of an instance. It needs S3, CloudFormation and CloudWatch, and nothing else.
 *
 * Every command that must not fail stands on a line of its own: the shell ignores a failure on the
 * left of `&&`, for `set -e` and for the traps.
 */
import { HANDLER_PORT, READY_PATH } from '../../model/instance/handler-settings';
import {
  BOOT_FAILED,
  CUDA_ARCHIVE,
  HANDLER_FOLDER,
  HANDLER_LOG,
  HOME,
  type InstanceFile,
  NODE_BINARY,
  RUNTIME_TARBALL,
  UNIT,
} from './layout';
import { heredoc, oneLine, plainPath, shellWord } from './quoting';

export interface UserDataOptions {
  readonly region: string;
  readonly stackName: string;
  /** Logical id of the resource that waits for the signal. */
  readonly logicalId: string;
  /** Written into the script, so that an instance of another type is a new instance. */
  readonly instanceType: string;
  readonly files: readonly InstanceFile[];
  /** Text of the systemd unit. */
  readonly unit: string;
  /** JSON of the CloudWatch agent's configuration. */
  readonly agentConfig: string;
  /** The function `start_access`. @default - there is no access control */
  readonly accessScript?: string;
  /** Name of the GPU that the handler uses. @default - it uses none */
  readonly gpu?: string;
  /** Seconds within which CloudFormation expects the signal. */
  readonly bootTimeoutSeconds: number;
}

/**
 * Seconds of CloudFormation's patience that the script cannot use: its clock starts when the VM has
 * booted as far as the script, some 40 s after CloudFormation's, and the logs and the signal take the rest.
 */
const SIGNAL_MARGIN_SECONDS = 75;

/** However short the patience: a handler that loads is given this long. */
const LEAST_READY_SECONDS = 30;

/** Seconds until the agent has surely sent the last lines of a failed boot; it sends every five. */
const LOG_FLUSH_SECONDS = 15;

/**
 * The shared libraries of ONNX Runtime for GPUs, out of the wheel, beside the binding that looks for them there. The driver
 * is asked for the GPU, so that a missing one is named in the log of the boot.
 */
const CUDA_SCRIPT = `unpack_cuda() {
  nvidia-smi --list-gpus
  python3 -m zipfile -e "$home/${CUDA_ARCHIVE}" "$home/runtime/cuda"
  mv "$home"/runtime/cuda/onnxruntime/capi/libonnxruntime_providers_{shared,cuda}.so "$home/${HANDLER_FOLDER}/"
  rm -r "$home/runtime/cuda" "$home/${CUDA_ARCHIVE}"
}

`;

/** Functions that download the files of an instance and check their digests. */
function downloadScript(files: readonly InstanceFile[]): string {
  const folders = [...new Set(files.map((file) => file.path.split('/').slice(0, -1).join('/')))].sort();
  const digests = files.map((file) => `${file.sha256}  ${plainPath(file.path)}\n`).join('');
  return `download() {
  mkdir -p ${folders.map((folder) => `"$home/${plainPath(folder)}"`).join(' ')}
${files.map((file) => `  aws s3 cp --only-show-errors ${shellWord(file.source)} "$home/${plainPath(file.path)}"`).join('\n')}
}

verify_digests() {
  (
    cd "$home"
${heredoc('    sha256sum --check --strict --quiet', digests, 'DIGESTS')}
  )
}
`;
}

/** Text of the script; see the tests for a run of it. */
export function userDataText(options: UserDataOptions): string {
  const readySeconds = Math.max(options.bootTimeoutSeconds - SIGNAL_MARGIN_SECONDS, LEAST_READY_SECONDS);
  return `#!/bin/bash
# Boots one ${oneLine(options.instanceType)} of a Slipway endpoint: agent, files, digests, handler, readiness, signal.
set -Eeuo pipefail
umask 022
home=${HOME}
export AWS_DEFAULT_REGION=${shellWord(options.region)} AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5
export AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5

# CloudFormation waits for this during a deployment; an instance that scaling launched later is refused, which is no fault.
signal() {
  aws cloudformation signal-resource --stack-name ${shellWord(options.stackName)} --logical-resource-id ${shellWord(options.logicalId)} \\
    --unique-id "$(cat /var/lib/cloud/data/instance-id)" --status "$1" || echo "slipway: the signal $1 was not taken"
}

ready=no
finish() {
  if [ "$ready" = yes ]; then
    signal SUCCESS
  else
    echo '${BOOT_FAILED}; last lines of the handler:'
    tail -n 40 ${HANDLER_LOG} || true
    sleep ${LOG_FLUSH_SECONDS}
    signal FAILURE
  fi
}
trap 'echo "slipway: line $LINENO failed: $BASH_COMMAND"' ERR
trap finish EXIT

install_packages() {
  local attempt=1
  until dnf install -y --quiet amazon-cloudwatch-agent logrotate; do
    if [ "$attempt" -ge 3 ]; then return 1; fi
    attempt=$((attempt + 1))
    sleep 5
  done
}

start_agent() {
  mkdir -p "$home" "$(dirname ${HANDLER_LOG})"
  touch ${HANDLER_LOG}
${heredoc('  cat > "$home/cloudwatch-agent.json"', `${options.agentConfig}\n`, 'AGENT')}
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c "file:$home/cloudwatch-agent.json"
}

rotate_logs() {
  cat > /etc/logrotate.d/slipway <<'ROTATE'
${HANDLER_LOG} {
  hourly
  maxsize 64M
  rotate 3
  compress
  copytruncate
  missingok
  notifempty
}
ROTATE
  mkdir -p /etc/systemd/system/logrotate.timer.d
  printf '[Timer]\\nOnCalendar=\\nOnCalendar=hourly\\nRandomizedDelaySec=0\\n' > /etc/systemd/system/logrotate.timer.d/slipway.conf
}

${downloadScript(options.files)}
${
  options.accessScript === undefined
    ? ''
    : `${options.accessScript}
`
}unpack_runtime() {
  tar -xzf "$home/${RUNTIME_TARBALL}" -C "$home/${dirname(NODE_BINARY)}" --strip-components=2 --no-same-owner package/bin/node
  chmod 755 "$home/${NODE_BINARY}"
  rm "$home/${RUNTIME_TARBALL}"
}

${options.gpu === undefined ? '' : CUDA_SCRIPT}start_handler() {
${heredoc(`  cat > /etc/systemd/system/${UNIT}`, options.unit, 'UNIT')}
  systemctl daemon-reload
  systemctl restart logrotate.timer
  systemctl enable --now ${UNIT}
}

await_ready() {
  until curl --silent --fail --output /dev/null --max-time 2 http://127.0.0.1:${HANDLER_PORT}${READY_PATH}; do
    if [ "$SECONDS" -ge ${readySeconds} ]; then
      echo 'slipway: the handler did not become ready within ${readySeconds} s'
      return 1
    fi
    sleep 1
  done
}

install_packages
start_agent
rotate_logs
download
verify_digests
unpack_runtime
${options.gpu === undefined ? '' : 'unpack_cuda\n'}${options.accessScript === undefined ? '' : 'start_access\n'}start_handler
await_ready
ready=yes
`;
}

function dirname(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
