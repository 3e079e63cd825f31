/** What an instance tells the stack whose creation waits for it, by the pre-signed URL of a wait condition: S3 is all it takes. */
import { BOOT_FAILED, BOOT_LOG, HANDLER_LOG } from './layout';
import { shellWord } from './quoting';

/** Bytes of a reason: an event of a stack shows about as many. */
const LONGEST_REASON = 1000;

/** Of these the first, where the failed line is; the rest is for the last lines of the handler. */
const HEAD_OF_A_REASON = 400;

/**
 * The functions `signal` and `finish`, and the traps. The boot sets `ready=yes` when it is; until then its end is a failure.
 * `ooms` is how often the kernel has killed a process for want of memory, which nothing else tells.
 *
 * The reason is plain ASCII on one line, whatever a log holds. A URL that has been used or has expired, as that of an instance
 * which scaling launched later, refuses the signal: that is no fault.
 *
 * @param url where the signal is put; nobody waits for one without
 * @param flush a command that sends the logs on, before the stack learns of a failure and may take the instance away
 */
export function signalScript(url: string | undefined, flush: string): string {
  return `${url === undefined ? 'signal() { true; }\n' : sending(url)}
ooms() { sed -n 's/^oom_kill //p' /proc/vmstat; }
ooms=$(ooms)
ready=no
failed='the boot script ended early'
finish() {
  if [ "$ready" = yes ]; then
    signal SUCCESS ready
  else
    local said
    [ "$(ooms)" = "$ooms" ] || failed="memory ran out; $failed"
    said=$(sleep 1; tail -n 8 ${BOOT_LOG} || true)
    echo '${BOOT_FAILED}; last lines of the handler:'
    tail -n 40 ${HANDLER_LOG} || true
    ${flush}
    signal FAILURE "$failed"$'\\n'"$said"$'\\n'"handler: $(tail -n 6 ${HANDLER_LOG} || true)"
  fi
}
trap 'failed="line $LINENO failed: $BASH_COMMAND"; echo "slipway: $failed"' ERR
trap finish EXIT
`;
}

const sending = (url: string) => `signal() {
  python3 - "$@" <<'SIGNAL' | curl -sSf --retry 5 --max-time 30 --request PUT --header 'content-type:' --data-binary @- ${shellWord(url)} || echo "slipway: the signal $1 was not taken"
import json, sys
status, text = sys.argv[1:]
with open("/var/lib/cloud/data/instance-id") as file:
    instance = file.read().strip()
text = " | ".join(line.strip() for line in text.splitlines() if line.strip())
text = "".join(sign if " " <= sign <= "~" else "?" for sign in text)
if len(text) > ${LONGEST_REASON}:
    text = text[:${HEAD_OF_A_REASON}] + " ... " + text[-${LONGEST_REASON - HEAD_OF_A_REASON - 5}:]
print(json.dumps({"Status": status, "UniqueId": instance, "Reason": text, "Data": status}))
SIGNAL
}
`;
