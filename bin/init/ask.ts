/** Asks whoever sits at the terminal, until each answer is one that is taken. */
import { createInterface } from 'node:readline';
import { SlipwayError } from '../../lib/model/error';
import { quoted } from '../../lib/model/text/quote';
import type { Answers, Question } from './questions';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * The answers to all questions: those that are known, and for the rest what is typed, or suggested where nobody is asked.
 *
 * @param file the model file, which suggestions follow from
 * @param terminal absent where nobody is to be asked
 * @throws SlipwayError E_USAGE for what cannot be suggested and nobody has said, and where the input ends
 */
export async function answersTo(
  questions: readonly Question[],
  known: Partial<Answers>,
  file: string,
  terminal: Terminal | undefined,
): Promise<Answers> {
  const answers: { -readonly [key in keyof Answers]?: string } = { ...known };
  const asked = terminal && conversation(terminal);
  const missing: string[] = [];
  try {
    for (const question of questions) {
      const { key, option, suggested, asked: applies = () => true } = question;
      if (answers[key] !== undefined || !applies(answers)) continue;
      const suggestion = suggested?.(answers, file);
      if (asked) answers[key] = await answerTo(question, suggestion, asked);
      else if (suggestion === undefined) missing.push(`missing ${option}`);
      else answers[key] = suggestion;
    }
  } finally {
    asked?.close();
  }
  if (missing.length > 0) throw new SlipwayError('E_USAGE', 'not all is known', { problems: missing });
  return answers as Answers;
}

interface Conversation {
  ask(text: string): Promise<string>;
  say(text: string): void;
  close(): void;
}

/** Lines are kept as they come: somebody may paste several, or type ahead. */
function conversation({ input, output }: Terminal): Conversation {
  const lines = createInterface({ input, output });
  const typed: string[] = [];
  let open = true;
  let look = () => {};
  lines.on('line', (line) => {
    typed.push(line);
    look();
  });
  lines.once('close', () => {
    open = false;
    look();
  });
  lines.on('SIGINT', () => {
    lines.close();
    process.kill(process.pid, 'SIGINT'); // the terminal is as it was, and the command ends as by any Ctrl-C
  });
  return {
    async ask(text) {
      lines.setPrompt(text);
      if (open) lines.prompt();
      else output.write(text);
      while (typed.length === 0) {
        if (!open) throw new SlipwayError('E_USAGE', 'not all was answered; nothing was written');
        await new Promise<void>((resolve) => {
          look = resolve;
        });
      }
      return typed.shift()!;
    },
    say: (text) => void output.write(`${text}\n`),
    close: () => lines.close(),
  };
}

async function answerTo({ text, problem }: Question, suggestion: string | undefined, with_: Conversation) {
  for (;;) {
    const typed = (await with_.ask(`${text}${suggestion === undefined ? '' : ` [${suggestion}]`}: `)).trim();
    const answer = typed === '' && suggestion !== undefined ? suggestion : typed;
    const wrong = problem(answer);
    if (wrong === undefined) return answer;
    with_.say(`  ${wrong}, got ${quoted(answer)}`);
  }
}
