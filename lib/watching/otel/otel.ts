/** A collector of OpenTelemetry that asks the instances of a stage, and sends on what they tell. */
import { stringify } from 'yaml';
import { ec2Discovery, jobOf, scraping } from '../prometheus/prometheus';
import { type Files, madeBy, type WatchedStage } from '../stage/stage';

export function otelFiles(stage: WatchedStage): Files {
  const { name, domainName, keys } = stage;
  const configuration = {
    receivers: {
      prometheus: {
        config: {
          scrape_configs: [
            {
              job_name: jobOf(stage),
              ...scraping(stage),
              ...(keys && { authorization: { credentials_file: `/etc/otelcol-contrib/${jobOf(stage)}.key` } }),
              ...ec2Discovery(stage),
            },
          ],
        },
      },
    },
    processors: {
      resource: {
        attributes: [
          { key: 'deployment.environment.name', value: name, action: 'upsert' },
          { key: 'slipway.endpoint', value: domainName, action: 'upsert' },
        ],
      },
      batch: {},
    },
    exporters: {
      otlphttp: { endpoint: '$' + '{env:OTLP_ENDPOINT}', headers: { 'api-key': '$' + '{env:OTLP_API_KEY}' } },
    },
    service: {
      pipelines: {
        metrics: { receivers: ['prometheus'], processors: ['resource', 'batch'], exporters: ['otlphttp'] },
      },
    },
  };
  return { 'collector.yml': `# ${madeBy(stage, 'otel')}\n${stringify(configuration, { lineWidth: 0 })}` };
}
