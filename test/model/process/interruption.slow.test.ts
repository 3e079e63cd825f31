import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TYPESCRIPT } from '../../../lib/model/process/typescript';
import { closing } from '../../closing';

const MODULE = join(__dirname, '../../../lib/model/process/interruption.ts');

/** A process that runs this code, and what it has said in the end. */
function running(code: string): { child: ChildProcess; ended: Promise<{ said: string; signal: string | null }> } {
  const child = closing(
    spawn(
      process.execPath,
      [...TYPESCRIPT, '-e', `const { undoAtEnd, whenInterrupted } = require(${JSON.stringify(MODULE)}); ${code}`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    ),
    (each) => each.kill('SIGKILL'),
  );
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'close').then(([, signal]) => ({ said, signal }));
  return { child, ended };
}

const WAIT = "setInterval(() => {}, 1000); console.log('waits');";
const SAY = (text: string) => `() => console.log('${text}')`;

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s undoes the last first, and then ends the process as it would have',
  async (signal) => {
    const { child, ended } = running(
      `undoAtEnd(${SAY('first')}); undoAtEnd(${SAY('second')}); undoAtEnd(${SAY('released')})(); ${WAIT}`,
    );
    await once(child.stdout!, 'data');
    child.kill(signal);
    expect(await ended).toEqual({ said: 'waits\nsecond\nfirst\n', signal });
  },
);

test('the end of the process undoes too, once', async () => {
  const { ended } = running(`undoAtEnd(${SAY('undone')});`);
  expect(await ended).toEqual({ said: 'undone\n', signal: null });
});

test('what runs synchronously is done before a signal counts', async () => {
  const work =
    "console.log('begins'); for (const until = Date.now() + 500; Date.now() < until; ); console.log('done');";
  const { child, ended } = running(`undoAtEnd(${SAY('undone')}); setInterval(() => {}, 1000); ${work}`);
  await once(child.stdout!, 'data');
  child.kill('SIGTERM');
  expect(await ended).toEqual({ said: 'begins\ndone\nundone\n', signal: 'SIGTERM' });
});

test('who stops gently is asked once; the second signal does not wait', async () => {
  const { child, ended } = running(`undoAtEnd(${SAY('undone')}); whenInterrupted(${SAY('stops')}); ${WAIT}`);
  await once(child.stdout!, 'data');
  child.kill('SIGINT');
  await once(child.stdout!, 'data');
  child.kill('SIGINT');
  expect(await ended).toEqual({ said: 'waits\nstops\nundone\n', signal: 'SIGINT' });
});
