/** `npm run lint` and `npm run format`: biome, which takes 65 MiB and is needed for nothing else. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ownPackages } from './own-packages';

const biome = ownPackages(join(__dirname, 'lint')).resolve('@biomejs/biome/bin/biome');
process.exitCode = spawnSync(process.execPath, [biome, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
