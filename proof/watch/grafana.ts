/** The dashboard of Grafana, read strictly by the schemas that Grafana publishes; Grafana itself is in no package registry. */
import { spawnSync } from 'node:child_process';
import { grafanaFiles } from '../../lib/watching/grafana/grafana';
import type { WatchedStage } from '../../lib/watching/stage/stage';
import type { Report } from '../report';

/** @param program of `dashboard/`; undefined where there is no Go to build it with */
export function proveDashboard(report: Report, program: string | undefined, stage: WatchedStage): void {
  report.section('Grafana: the dashboard');
  report.unproved(
    'Grafana itself',
    'no package registry has it; its dashboard is read by the schemas of Grafana, and its queries run in Prometheus',
  );
  if (program === undefined) {
    report.unproved('the schemas of Grafana', 'there is no Go to read them with');
    return;
  }
  const [text] = Object.values(grafanaFiles(stage));
  const reads = (input: string) => {
    const { status, stdout, stderr } = spawnSync(program, { input, encoding: 'utf8' });
    return { ok: status === 0, output: `${stdout}${stderr}`.trim() };
  };
  const { ok, output } = reads(text!);
  report.check(ok, 'the schemas of Grafana take it', output.slice(0, 600));
  const wrong = reads(text!.replace('"gridPos"', '"gridPosition"'));
  report.check(!wrong.ok, 'and refuse it with a name that they do not have', wrong.output.slice(0, 200));
}
