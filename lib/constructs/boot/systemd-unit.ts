/** The systemd unit of the handler. */

import { DRAIN_SECONDS, NOTIFY_VARIABLE } from '../../model/instance/handler-settings';
import { CONFINEMENT } from './confinement';
import { HANDLER_ENTRY, HANDLER_LOG, HOME, NODE_BINARY } from './layout';
import { environmentLine } from './quoting';

/** Seconds beyond the drain until systemd kills: the handler ends by itself well before. */
const KILL_MARGIN_SECONDS = 5;

/** A handler whose event loop has not turned for so long hangs; longer than any request may wait. */
const WATCHDOG_SECONDS = 30;

/**
 * Opens the socket on which systemd listens, leaves it to the handler, and becomes the handler: Node.js cannot open one of
 * its kind (unix, datagrams). Every image that runs cloud-init has this Python.
 */
const OPEN_SOCKET = [
  'import os, socket, sys',
  's = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)',
  's.setblocking(False)',
  "s.connect(os.environ['NOTIFY_SOCKET'])",
  's.set_inheritable(True)',
  `os.environ['${NOTIFY_VARIABLE}'] = str(s.detach())`,
  'os.execv(sys.argv[1], sys.argv[1:])',
].join('; ');

export interface SystemdUnitOptions {
  /** Environment of the handler. */
  readonly environment: Readonly<Record<string, string>>;
  /** Hard limit of the handler, all its processes together. */
  readonly memoryLimitMiB: number;
  /** Seconds after which a handler that is still starting is started anew. */
  readonly startSeconds: number;
  /** Whether the handler uses the GPU of the instance. @default false */
  readonly gpu?: boolean;
  /** Files of root that the handler may read, all by names of their own. @default - none */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Whether a shadow runs beside the model, which takes the lowest priority for itself. @default false */
  readonly shadow?: boolean;
}

/**
 * CUDA 13, as the machine image has it; and products of float32 in float32, where CUDA would keep three digits of them
 * (TensorFloat-32).
 */
const CUDA_ENVIRONMENT = {
  LD_LIBRARY_PATH: '/usr/local/cuda-13.0/lib64:/usr/local/cuda/lib64',
  NVIDIA_TF32_OVERRIDE: '0',
} as const;

/**
 * Text of the unit. On a GPU the handler sees the devices and may bind memory and threads to processors, as CUDA does.
 *
 * A handler that hangs is killed at once: it hears nothing else, and one that is stopped ends of nothing else.
 *
 * Absent on purpose: `MemoryHigh`, which slows a leaking handler to a crawl instead of ending it;
 * `MemoryDenyWriteExecute`, under which V8 cannot compile; `ProcSubset=pid`, which hides the processor
 * from ONNX Runtime. A handler that cannot start is retried for ever: the alarm is on by then, and
 * giving up would turn a passing fault into the end of an instance.
 */
export function systemdUnit(options: SystemdUnitOptions): string {
  return `[Unit]
Description=Slipway inference handler
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart=/usr/bin/python3 -c "${OPEN_SOCKET}" ${HOME}/${NODE_BINARY} ${HOME}/${HANDLER_ENTRY}
TimeoutStartSec=${options.startSeconds}
WatchdogSec=${WATCHDOG_SECONDS}
WatchdogSignal=SIGKILL
WorkingDirectory=${HOME}
Environment=NODE_ENV=production
Environment=NODE_COMPILE_CACHE=%C/slipway
Environment=ORT_DISABLE_TELEMETRY=1
${Object.entries({ ...options.environment, ...(options.gpu && CUDA_ENVIRONMENT) })
  .map(([name, value]) => environmentLine(name, value))
  .join('\n')}
${Object.values(options.credentials ?? {})
  .map((path) => `LoadCredential=${path.slice(path.lastIndexOf('/') + 1)}:${path}\n`)
  .join('')}StandardOutput=append:${HANDLER_LOG}
StandardError=inherit
Restart=always
RestartSec=2
TimeoutStopSec=${DRAIN_SECONDS + KILL_MARGIN_SECONDS}
KillMode=mixed
OOMPolicy=continue
MemoryMax=${options.memoryLimitMiB}M
MemorySwapMax=0
LimitNOFILE=65536
LimitCORE=0
UMask=0077
DynamicUser=yes
CacheDirectory=slipway
CacheDirectoryMode=0700
RuntimeDirectory=slipway
RuntimeDirectoryPreserve=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
${options.gpu ? '' : 'PrivateDevices=yes\n'}${CONFINEMENT}
SystemCallFilter=~@privileged${options.gpu ? '' : ' @resources'}
${options.shadow ? 'SystemCallFilter=setpriority\n' : ''}
[Install]
WantedBy=multi-user.target
`;
}
