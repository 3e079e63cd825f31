/** What a shell reads once to complete the words of the command line. */
import type { CompletedCommand, CompletedOption } from './table';

/** Within single quotes of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

const named = (command: CompletedCommand) => command.words.join(' ');

/** Options without a value: words that follow them may be commands. */
const withValue = (options: readonly CompletedOption[]) => options.filter(({ value }) => value);

function bash(table: readonly CompletedCommand[]): string {
  const cases = table.map((command) => {
    const words = [...command.commands, ...command.values, ...command.options.map(({ flag }) => flag)].join(' ');
    const values = withValue(command.options).map(({ flag, choices }) =>
      choices
        ? `        ${flag}) COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$word")); return ;;`
        : `        ${flag}) COMPREPLY=($(compgen -f -- "$word")); return ;;`,
    );
    return `    ${quoted(named(command))})
      case $before in
${values.join('\n')}${values.length > 0 ? '\n' : ''}        *) words=${quoted(words)} ;;
      esac ;;`;
  });
  const paths = table.filter(({ words }) => words.length > 0).map((command) => quoted(named(command)));
  return `# What bash needs to complete slipway and npx slipway.
_slipway() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= words= next i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next=\${command:+$command }\${COMP_WORDS[i]}
    case $next in
      ${paths.join(' | ')}) command=$next ;;
    esac
  done
  case $command in
${cases.join('\n')}
  esac
  if [[ $word == -* || -z $command ]]; then COMPREPLY=($(compgen -W "$words" -- "$word"))
  else COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word")); fi
}
_slipway_by_npx() {
  if [[ \${COMP_WORDS[1]} == slipway && $COMP_CWORD -gt 1 ]]; then
    COMP_WORDS=("\${COMP_WORDS[@]:1}")
    COMP_CWORD=$((COMP_CWORD - 1))
    _slipway
  fi
}
complete -o filenames -o default -F _slipway slipway
complete -p npx >/dev/null 2>&1 || complete -o filenames -o default -F _slipway_by_npx npx
`;
}

/** `name:text` of \`_describe\`. */
const described = (name: string, text: string) => quoted(`${name.replaceAll(':', '\\:')}:${text}`);

function zsh(table: readonly CompletedCommand[]): string {
  const of = new Map(table.map((command) => [named(command), command]));
  const cases = table.map((command) => {
    const commands = [...command.commands, ...command.values].map((name) =>
      described(name, of.get([...command.words, name].join(' '))?.text ?? ''),
    );
    const options = command.options.map(({ flag, text }) => described(flag, text));
    const values = command.options
      .filter(({ choices }) => choices)
      .map(({ flag, choices }) => `        ${flag}) compadd -- ${choices!.map(quoted).join(' ')}; return ;;`);
    return `    ${quoted(named(command))})
      case $words[CURRENT-1] in
${values.join('\n')}${values.length > 0 ? '\n' : ''}        *) commands=(${commands.join(' ')}); options=(${options.join(' ')}) ;;
      esac ;;`;
  });
  const paths = table.filter(({ words }) => words.length > 0).map((command) => quoted(named(command)));
  return `#compdef slipway
# What zsh needs to complete slipway and npx slipway, after compinit.
_slipway() {
  local command= next
  local -a commands options
  for next in $words[2,CURRENT-1]; do
    next="\${command:+$command }$next"
    case $next in
      ${paths.join(' | ')}) command=$next ;;
    esac
  done
  case $command in
${cases.join('\n')}
  esac
  if [[ $words[CURRENT] == -* ]]; then _describe -o option options
  elif (( $#commands )); then _describe command commands
  else _files; fi
}
_slipway_by_npx() {
  if [[ $words[2] == slipway ]] && (( CURRENT > 2 )); then
    shift words
    (( CURRENT-- ))
    _slipway
  else _files; fi
}
compdef _slipway slipway
(( \${+_comps[npx]} )) || compdef _slipway_by_npx npx
`;
}

function fish(table: readonly CompletedCommand[]): string {
  const lines = table.flatMap((command) => {
    const [last] = command.words.slice(-1);
    const inner = command.commands.join(' ');
    const here =
      last === undefined
        ? 'not __fish_seen_subcommand_from $slipway_commands'
        : `__fish_seen_subcommand_from ${last}${inner === '' ? '' : `; and not __fish_seen_subcommand_from ${inner}`}`;
    return [
      ...command.commands.map((name) => {
        const { text = '' } = table.find(({ words }) => words.join(' ') === [...command.words, name].join(' ')) ?? {};
        return `complete -c slipway -f -n ${quoted(here)} -a ${name} -d ${quoted(text)}`;
      }),
      ...command.values.map((name) => `complete -c slipway -f -n ${quoted(here)} -a ${name}`),
      ...command.options.map(({ flag, text, value, choices }) => {
        const taken = choices ? ` -x -a ${quoted(choices.join(' '))}` : value ? ' -r' : '';
        return `complete -c slipway -n ${quoted(here)} -l ${flag.slice(2)}${taken} -d ${quoted(text)}`;
      }),
    ];
  });
  return `# What fish needs to complete slipway and npx slipway.
set -g slipway_commands ${table[0]!.commands.join(' ')}
complete -c slipway -e
${lines.join('\n')}
function __slipway_by_npx
  set -l words (commandline -opc)
  test (count $words) -gt 1; and test "$words[2]" = slipway
end
complete -c npx -f -n __slipway_by_npx -a '(complete -C (string replace -r "^\\s*npx\\s+" "" -- (commandline -cp)))'
`;
}

export const SHELLS: Readonly<Record<string, (table: readonly CompletedCommand[]) => string>> = { bash, zsh, fish };
