/**
 * A slipway.yaml for the emulator: the project's own, with the zones and the account that exist there, and of several
 * instances options that no running stage can take, here or on AWS.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { SlipwayConfig } from '../../lib/config/config';
import { loadConfig } from '../../lib/config/load';

/**
 * @param source the project's slipway.yaml
 * @param target file to write
 * @param zoneIds of the hosted zones, by stage
 */
export function writeProofConfig(source: string, target: string, zoneIds: ReadonlyMap<string, string>): SlipwayConfig {
  const original = loadConfig(source);
  const document = parseDocument(readFileSync(source, 'utf8'));
  document.set('model', original.stages[0]!.model);
  for (const [stage, zoneId] of zoneIds) {
    document.deleteIn(['stages', stage, 'account']);
    document.setIn(['stages', stage, 'domain', 'zoneId'], zoneId);
  }
  for (const { name, serviceLevel } of original.stages) {
    if (serviceLevel.availability !== 'single') document.setIn(['stages', name, 'backendTls'], true);
    if (serviceLevel.availability === 'instance') document.setIn(['stages', name, 'encryptionKey'], 'stage');
  }
  writeFileSync(target, document.toString());
  return loadConfig(target);
}
