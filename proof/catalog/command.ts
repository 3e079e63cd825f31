/** The command line in the process that the proof started, without the launcher's own child. */
import { run } from '../../bin/slipway';

void run(process.argv);
