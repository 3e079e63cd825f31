/** Documents in the shapes of AWS's price lists, for prices that the proof makes up. */

/** What the made-up region sells. */
export interface Market {
  /** USD per hour by instance type. */
  readonly hourly: ReadonlyMap<string, number>;
  readonly publishedOn: string;
}

interface Sold {
  readonly service: string;
  readonly productFamily: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly unit: string;
  /** Price from an amount on, as the tiers of AWS have it. */
  readonly tiers: readonly (readonly [from: string, usd: string])[];
}

const REGION = { regionCode: 'eu-west-1', location: 'EU (Ireland)', locationType: 'AWS Region' };

function instance(type: string, usd: number, change: Readonly<Record<string, string>> = {}): Sold {
  const attributes = {
    servicecode: 'AmazonEC2',
    ...REGION,
    instanceType: type,
    currentGeneration: 'Yes',
    instanceFamily: 'General purpose',
    tenancy: 'Shared',
    operatingSystem: 'Linux',
    licenseModel: 'No License required',
    usagetype: `EU-BoxUsage:${type}`,
    operation: 'RunInstances',
    capacitystatus: 'Used',
    marketoption: 'OnDemand',
    preInstalledSw: 'NA',
    ...change,
  };
  return { service: 'AmazonEC2', productFamily: 'Compute Instance', attributes, unit: 'Hrs', tiers: [['0', `${usd}`]] };
}

function other(
  service: string,
  productFamily: string,
  usagetype: string,
  unit: string,
  tiers: Sold['tiers'],
  more = {},
) {
  return { service, productFamily, attributes: { servicecode: service, ...REGION, usagetype, ...more }, unit, tiers };
}

/** All products, those that must not be mistaken for the wanted ones among them. */
function productsOf({ hourly }: Market): Sold[] {
  return [
    ...[...hourly].flatMap(([type, usd]) => [
      instance(type, usd),
      instance(type, usd * 2, { operatingSystem: 'Windows', licenseModel: 'No License required' }),
      instance(type, usd * 1.1, { tenancy: 'Dedicated' }),
      instance(type, usd * 3, { preInstalledSw: 'SQL Web' }),
      instance(type, 0, { capacitystatus: 'AllocatedCapacityReservation', usagetype: `EU-UnusedBox:${type}` }),
    ]),
    other('AmazonEC2', 'Storage', 'EU-EBS:VolumeUsage.gp3', 'GB-Mo', [['0', '0.088']], { volumeApiName: 'gp3' }),
    other('AmazonEC2', 'Storage', 'EU-EBS:VolumeUsage.gp2', 'GB-Mo', [['0', '0.11']], { volumeApiName: 'gp2' }),
    other('AWSELB', 'Load Balancer-Application', 'EU-LoadBalancerUsage', 'Hrs', [['0', '0.0252']]),
    other('AWSELB', 'Load Balancer-Application', 'EU-LCUUsage', 'LCU-Hrs', [['0', '0.008']]),
    other('AWSELB', 'Load Balancer-Application', 'EU-TS-LoadBalancerUsage', 'Hrs', [['0', '0.0056']]),
    other('AWSELB', 'Load Balancer-Network', 'EU-LoadBalancerUsage', 'Hrs', [['0', '0.0253']]),
    other('AWSELB', 'Load Balancer-Network', 'EU-LCUUsage', 'LCU-Hrs', [['0', '0.0063']]),
    other('AWSELB', 'Load Balancer-Gateway', 'EU-LoadBalancerUsage', 'Hrs', [['0', '0.0999']]),
    other('AWSELB', 'Load Balancer-Application', 'EU-ReservedLCUUsage', 'LCU-Hrs', [['0', '0.0777']]),
    other('AmazonEC2', 'NAT Gateway', 'EU-NatGateway-Hours', 'Hrs', [['0', '0.048']]),
    other('AmazonEC2', 'NAT Gateway', 'EU-NatGateway-Bytes', 'GB', [['0', '0.048']]),
    other('AmazonEC2', 'NAT Gateway', 'EU-RegionalNatGateway-Hours', 'Hrs', [['0', '0.0888']]),
    other('AmazonVPC', 'VPC Public IPv4 Address', 'EU-PublicIPv4:InUseAddress', 'Hrs', [['0', '0.005']]),
    other('AmazonVPC', 'VpcEndpoint', 'EU-VpcEndpoint-Hours', 'Hrs', [['0', '0.011']]),
    other('AmazonVPC', 'VpcEndpoint', 'EU-VpcEndpoint-Bytes', 'GB', [['0', '0.01']]),
    other('AmazonCloudWatch', 'Alarm', 'EU-CW:AlarmMonitorUsage', 'Alarms', [['0', '0.1']]),
    other('AmazonCloudWatch', 'Metric', 'EU-CW:MetricMonitorUsage', 'Metrics', [
      ['250000', '0.05'],
      ['0', '0.3'],
      ['10000', '0.1'],
    ]),
    other('AmazonCloudWatch', 'Data Payload', 'EU-DataProcessing-Bytes', 'GB', [['0', '0.57']]),
    other('AmazonApiGateway', 'API Calls', 'EU-ApiGatewayHttpRequest', 'Requests', [
      ['300000000', '0.000001003'],
      ['0', '0.000001114'],
    ]),
    other('AmazonApiGateway', 'API Calls', 'EU-ApiGatewayRequest', 'Requests', [['0', '0.0000035']]),
    other('AWSLambda', 'Serverless', 'EU-Request-ARM', 'Requests', [['0', '0.00000021']]),
    other('AWSLambda', 'Serverless', 'EU-Request', 'Requests', [['0', '0.0000009']]),
    other('AWSLambda', 'Serverless', 'EU-Lambda-GB-Second', 'Lambda-GB-Second', [['0', '0.0000166667']]),
    other('AWSLambda', 'Serverless', 'EU-Lambda-GB-Second-ARM', 'Lambda-GB-Second', [
      ['7500000000', '0.0000120001'],
      ['0', '0.0000133335'],
    ]),
    other('awskms', 'Encryption Key', 'eu-west-1-KMS-Keys', 'Keys', [['0', '1']]),
    other('AmazonS3', 'Storage', 'EU-TimedStorage-ByteHrs', 'GB-Mo', [
      ['0', '0.023'],
      ['51200', '0.022'],
    ]),
    other(
      'AWSDataTransfer',
      'Data Transfer',
      'EU-DataTransfer-Out-Bytes',
      'GB',
      [
        ['0', '0'],
        ['1', '9.5'],
      ],
      {
        fromRegionCode: 'eu-west-1',
      },
    ),
  ];
}

/** What the refresh must find, by the name of the catalogue. Data out is made absurd: it must be left as it was. */
export const OTHER_PRICES = {
  loadBalancerHour: 0.0252,
  loadBalancerCapacityUnitHour: 0.008,
  networkLoadBalancerHour: 0.0253,
  networkLoadBalancerCapacityUnitHour: 0.0063,
  publicAddressHour: 0.005,
  interfaceEndpointHour: 0.011,
  interfaceEndpointGB: 0.01,
  volumeGiBMonth: 0.088,
  alarmMonth: 0.1,
  metricMonth: 0.3,
  dashboardMonth: 3,
  logGiB: 0.57,
  encryptionKeyMonth: 1,
  storageGiBMonth: 0.023,
  dataOutGB: 0.09,
  hostedZoneMonth: 0.5,
  natGatewayHour: 0.048,
  natGatewayGB: 0.048,
  firewallMonth: 5,
  firewallRuleMonth: 1,
  firewallMillion: 0.6,
  trustStoreHour: 0.0056,
  keyMillion: 3,
  httpApiMillion: 1.114,
  cloudFrontMillion: 1.2,
  cloudFrontGB: 0.085,
  cloudFrontOriginGB: 0.02,
  functionMillion: 0.21,
  functionGBSecond: 0.0000133335,
};

const sku = (index: number) => `SKU${String(index).padStart(13, '0')}`;

function product({ productFamily, attributes }: Sold, index: number) {
  return { sku: sku(index), productFamily, attributes };
}

function onDemand({ unit, tiers, attributes }: Sold, index: number) {
  const offer = `${sku(index)}.JRTCKXETXF`;
  const dimensions = tiers.map(([beginRange, usd], i) => {
    const rateCode = `${offer}.RATE${i}`;
    const pricePerUnit = { USD: Number(usd).toFixed(10) };
    return [
      rateCode,
      {
        unit,
        endRange: 'Inf',
        description: `$${usd} per ${attributes.usagetype}`,
        appliesTo: [],
        rateCode,
        beginRange,
        pricePerUnit,
      },
    ];
  });
  return {
    [offer]: {
      priceDimensions: Object.fromEntries(dimensions),
      sku: sku(index),
      effectiveDate: '2026-11-01T00:00:00Z',
      offerTermCode: 'JRTCKXETXF',
      termAttributes: {},
    },
  };
}

/** Items of `GetProducts` for a service that match all filters: each a JSON text, as AWS has it. */
export function priceListItems(
  market: Market,
  service: string,
  filters: readonly { Field: string; Value: string }[],
): string[] {
  return productsOf(market).flatMap((sold, i) => {
    const attributes: Readonly<Record<string, string>> = { productFamily: sold.productFamily, ...sold.attributes };
    if (sold.service !== service || !filters.every(({ Field, Value }) => attributes[Field] === Value)) return [];
    return JSON.stringify({
      product: product(sold, i),
      serviceCode: service,
      terms: { OnDemand: onDemand(sold, i), Reserved: {} },
      version: '20261101000000',
      publicationDate: `${market.publishedOn}T19:21:33Z`,
    });
  });
}

/** The file of a service in a region, piece by piece, with as many megabytes of products that nobody asked for. */
export function* offerFile(market: Market, service: string, idleMegabytes: number): Generator<string> {
  const sold = productsOf(market)
    .map((one, i) => ({ one, i }))
    .filter(({ one }) => one.service === service);
  const text = (value: unknown) => JSON.stringify(value, null, 2);
  yield `{\n  "formatVersion" : "v1.0",\n  "disclaimer" : "This pricing list is for informational purposes only. {\\"}",\n`;
  yield `  "offerCode" : "${service}",\n  "version" : "20261101000000",\n  "publicationDate" : "${market.publishedOn}T19:21:33Z",\n`;
  yield '  "products" : {\n';
  const idle = instance('idle.large', 1, { operatingSystem: 'RHEL', preInstalledSw: 'SQL Std' });
  const block = Array.from({ length: 1000 }, (_, i) => `    "IDLE%${i}" : ${text(product(idle, i))},\n`).join('');
  for (let written = 0, n = 0; written < idleMegabytes * 1e6; written += block.length, n++)
    yield block.replaceAll('%', `${n}-`);
  yield sold.map(({ one, i }) => `    "${sku(i)}" : ${text(product(one, i))}`).join(',\n');
  yield '\n  },\n  "terms" : {\n    "OnDemand" : {\n';
  const terms = Array.from({ length: 1000 }, (_, i) => `    "IDLE%${i}" : ${text(onDemand(idle, i))},\n`).join('');
  for (let written = 0, n = 0; written < idleMegabytes * 1e6; written += terms.length, n++)
    yield terms.replaceAll('%', `${n}-`);
  yield sold.map(({ one, i }) => `      "${sku(i)}" : ${text(onDemand(one, i))}`).join(',\n');
  yield '\n    },\n    "Reserved" : {\n';
  for (;;) yield '      "never read" : {},\n'; // whoever reads on does so for ever
}
