/** The systemd unit of the program that sends logs and the values of the instance on. */

import { LOG_SHIPPER_FILE } from '../../artifacts/log-shipper';
import { SHIPPER_STATUS_FILE, SHIPPER_VARIABLES } from '../../model/instance/log-shipping';
import { CONFINEMENT } from './confinement';
import { DUAL_STACK_ENDPOINTS } from './dual-stack';
import { HANDLER_LOG, HOME, LOG_GROUP_FILE, LOG_USER, NODE_BINARY, SHIPPER_FOLDER, UNIT } from './layout';
import { environmentLine } from './quoting';

export interface LogShipperUnitOptions {
  readonly region: string;
  /** Value of the dimension `Endpoint`. @default - it tells no metrics */
  readonly endpoint?: string | undefined;
  /** Whether it tells by zone that it is there. @default false */
  readonly byZone?: boolean;
  /** Whether CloudWatch Logs is called by the name that has IPv6 addresses, too. @default false */
  readonly dualStack?: boolean;
}

/** Hard limit, MiB; it takes some 60, of which half are the code that the handler runs, too. */
export const SHIPPER_MEMORY_MIB = 96;

/** Runs with low priority, as a user who may read the two logs and empty that of the handler. */
export function logShipperUnit({ region, endpoint, byZone, dualStack }: LogShipperUnitOptions): string {
  const environment = {
    AWS_REGION: region,
    ...(endpoint !== undefined && { [SHIPPER_VARIABLES.endpoint]: endpoint }),
    ...(byZone && { [SHIPPER_VARIABLES.byZone]: 'yes' }),
    ...(dualStack && DUAL_STACK_ENDPOINTS),
  };
  const runtimeFolder = SHIPPER_STATUS_FILE.split('/')[2];
  return `[Unit]
Description=Slipway logs
After=network-online.target
Before=${UNIT}
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${HOME}/${NODE_BINARY} --max-old-space-size=32 --max-semi-space-size=1 ${HOME}/${SHIPPER_FOLDER}/${LOG_SHIPPER_FILE}
${Object.entries(environment)
  .map(([name, value]) => environmentLine(name, value))
  .join('\n')}
EnvironmentFile=${LOG_GROUP_FILE}
User=${LOG_USER}
StateDirectory=${runtimeFolder}
RuntimeDirectory=${runtimeFolder}
Restart=always
RestartSec=5
TimeoutStopSec=15
MemoryMax=${SHIPPER_MEMORY_MIB}M
MemorySwapMax=0
Nice=10
LimitCORE=0
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths=${HANDLER_LOG}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
${CONFINEMENT}
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
`;
}
