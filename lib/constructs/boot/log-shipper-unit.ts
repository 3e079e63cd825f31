/** The systemd unit of the program that sends logs and the values of the instance on. */
import { LOG_SHIPPER_FILE } from '../../artifacts/log-shipper';
import { type Logs, SHIPPER_STATUS_FILE, SHIPPER_VARIABLES } from '../../model/instance/log-shipping';
import { BOOT_LOG, HANDLER_LOG, HOME, LOG_USER, NODE_BINARY, SHIPPER_FOLDER, UNIT } from './layout';
import { environmentLine } from './quoting';

export interface LogShipperUnitOptions {
  readonly region: string;
  readonly logGroupName: string;
  /** Value of the dimension `Endpoint`. */
  readonly endpoint: string;
}

/** Hard limit, MiB; it takes some 55, of which 40 are the code that the handler runs, too. */
export const SHIPPER_MEMORY_MIB = 96;

const LOGS: Logs = { handler: { path: HANDLER_LOG, emptied: true }, boot: { path: BOOT_LOG } };

/** Runs with low priority, as a user who may read the two logs and empty that of the handler. */
export function logShipperUnit({ region, logGroupName, endpoint }: LogShipperUnitOptions): string {
  const environment = {
    AWS_REGION: region,
    [SHIPPER_VARIABLES.logGroup]: logGroupName,
    [SHIPPER_VARIABLES.endpoint]: endpoint,
    [SHIPPER_VARIABLES.logs]: JSON.stringify(LOGS),
  };
  const runtimeFolder = SHIPPER_STATUS_FILE.split('/')[2];
  return `[Unit]
Description=Slipway log shipper
Wants=network-online.target
After=network-online.target
Before=${UNIT}
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${HOME}/${NODE_BINARY} --max-old-space-size=32 --max-semi-space-size=1 ${HOME}/${SHIPPER_FOLDER}/${LOG_SHIPPER_FILE}
${Object.entries(environment)
  .map(([name, value]) => environmentLine(name, value))
  .join('\n')}
User=${LOG_USER}
StateDirectory=${runtimeFolder}
RuntimeDirectory=${runtimeFolder}
Restart=always
RestartSec=5
TimeoutStopSec=15
MemoryMax=${SHIPPER_MEMORY_MIB}M
MemorySwapMax=0
TasksMax=32
Nice=10
LimitCORE=0
UMask=0022
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths=${HANDLER_LOG}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
`;
}
