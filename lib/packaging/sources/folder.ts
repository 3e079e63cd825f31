/** The files of a folder, as those of an archive. Links and devices are none of them. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../model/error';
import { named } from '../../model/files/file-error';
import { readRegularFile } from '../../model/files/read-file';
import type { Member, Members } from '../archives/archive';
import { DEFAULT_LIMITS } from '../joblib';

/** A run of MLflow has its models three folders down. */
const MOST_LEVELS = 6;
const MOST_FILES = 10_000;

/** @throws SlipwayError E_FILE; E_LIMIT for a folder that has far more than a model in it */
export function readFolder(root: string): Members {
  const members = new Map<string, Member>();
  const look = (folder: string, level: number) => {
    const entries = named(join(root, folder), 'read', () => readdirSync(join(root, folder), { withFileTypes: true }));
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && level < MOST_LEVELS) look(name, level + 1);
      if (!entry.isFile()) continue;
      if (members.size >= MOST_FILES) {
        throw new SlipwayError('E_LIMIT', `${root}: has more than ${MOST_FILES} files; name the folder of the model`);
      }
      const path = join(root, name);
      const read = () => readRegularFile(path, DEFAULT_LIMITS.fileBytes);
      members.set(name, { name, bytes: named(path, 'read', () => statSync(path).size), read });
    }
  };
  look('', 1);
  return members;
}
