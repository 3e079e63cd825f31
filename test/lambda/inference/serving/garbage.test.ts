import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { TYPESCRIPT } from '../../../../lib/model/process/typescript';

/** What V8 itself says that it allows beyond what is in use, MB: it sets a limit after each search of the whole heap. */
function roomMb(before: string): number {
  const script = `${before}; global.gc(); global.gc()`;
  const flags = [...TYPESCRIPT, '--expose-gc', '--trace-gc-verbose'];
  const said = execFileSync(process.execPath, [...flags, '--eval', script], { encoding: 'utf8' });
  const limits = [...said.matchAll(/\[HeapController\] Limit: old size: (\d+) KB, new limit: (\d+) KB/g)];
  const [, inUse, limit] = limits.at(-1)!.map(Number);
  return (limit! - inUse!) / 1024;
}

test('32 MB of garbage gather before the whole heap is searched, where V8 alone allows a few', () => {
  expect(roomMb('')).toBeLessThan(20);
  const room = roomMb(
    `require(${JSON.stringify(join(__dirname, '../../../../lambda/inference/serving/garbage.ts'))}).letGarbageGather()`,
  );
  expect(room).toBeGreaterThan(28);
  expect(room).toBeLessThan(60);
});

test('the room does not grow with what is in use', () => {
  const room = roomMb(
    `global.kept = Array.from({ length: 1e6 }, (_, i) => ({ i }));
    require(${JSON.stringify(join(__dirname, '../../../../lambda/inference/serving/garbage.ts'))}).letGarbageGather()`,
  );
  expect(room).toBeLessThan(70);
});
