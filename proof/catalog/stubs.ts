/** Servers on loopback for what moto cannot answer: GetProducts, spot prices that are real, and the public price list. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type Market, offerFile, priceListItems } from './documents';

export type Fault = 'refuse' | 'fail on the second page' | 'truncate' | 'hang';

export class Stubs {
  fault: Fault | undefined;
  /** Requests that were answered or refused, by what they asked for. */
  readonly asked: string[] = [];
  /** Megabytes of the public price list that nobody needs. */
  idleMegabytes = 0;
  spot: ReadonlyMap<string, number> | undefined;
  /** What the Spot Instance Advisor answers. @default - that m5.large saves 60 % */
  spotAdvice: string | undefined;
  private server!: Server;

  /** @param emulator what answers the other calls of EC2 */
  constructor(
    public market: Market,
    private readonly emulator: string,
  ) {}

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: Error) => response.destroy(error));
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path === '/spot-advisor.json') {
      response.end(this.spotAdvice ?? '{"spot_advisor": {"eu-west-1": {"Linux": {"m5.large": {"s": 60, "r": 1}}}}}');
      return;
    }
    if (path.startsWith('/offers/')) {
      this.publicList(path, response);
      return;
    }
    let body = '';
    for await (const piece of request) body += String(piece);
    const target = request.headers['x-amz-target'];
    if (target === 'AWSPriceListService.GetProducts') {
      this.getProducts(JSON.parse(body), response);
      return;
    }
    if (this.spot && body.includes('Action=DescribeSpotPriceHistory')) {
      this.spotHistory(body, response);
      return;
    }
    const { host: _, ...headers } = request.headers as Record<string, string>;
    const answer = await fetch(this.emulator + path, { method: 'POST', headers, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/xml' });
    response.end(await answer.text());
  }

  private getProducts(
    asked: { ServiceCode: string; Filters: { Field: string; Value: string }[]; NextToken?: string; MaxResults: number },
    response: ServerResponse,
  ): void {
    const { ServiceCode, Filters, NextToken = '0', MaxResults } = asked;
    this.asked.push(`GetProducts ${ServiceCode} ${NextToken}`);
    const send = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(value));
    };
    if (this.fault === 'hang') return;
    if (this.fault === 'refuse') {
      const message = 'User: arn:aws:iam::111111111111:user/x is not authorized to perform: pricing:GetProducts';
      send(400, { __type: 'AccessDeniedException', message });
      return;
    }
    if (this.fault === 'fail on the second page' && NextToken !== '0') {
      send(500, { __type: 'InternalErrorException', message: 'we are sorry' });
      return;
    }
    const items = priceListItems(this.market, ServiceCode, Filters);
    const to = Number(NextToken) + MaxResults;
    const more = to < items.length ? { NextToken: `${to}` } : {};
    send(200, { FormatVersion: 'aws_v1', PriceList: items.slice(Number(NextToken), to), ...more });
  }

  /** Two zones, a page each; the second one dearer. */
  private spotHistory(body: string, response: ServerResponse): void {
    const second = body.includes('NextToken=second');
    this.asked.push(`DescribeSpotPriceHistory ${second ? 'second' : 'first'}`);
    const items = [...this.spot!].map(
      ([type, usd]) =>
        `<item><instanceType>${type}</instanceType><productDescription>Linux/UNIX</productDescription>` +
        `<spotPrice>${(second ? usd * 1.2 : usd).toFixed(6)}</spotPrice><timestamp>2026-11-20T10:00:00.000Z</timestamp>` +
        `<availabilityZone>eu-west-1${second ? 'b' : 'a'}</availabilityZone></item>`,
    );
    response.writeHead(200, { 'content-type': 'text/xml;charset=UTF-8' });
    response.end(
      '<?xml version="1.0" encoding="UTF-8"?><DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">' +
        `<requestId>r</requestId><spotPriceHistorySet>${items.join('')}</spotPriceHistorySet>` +
        `<nextToken>${second ? '' : 'second'}</nextToken></DescribeSpotPriceHistoryResponse>`,
    );
  }

  private publicList(path: string, response: ServerResponse): void {
    this.asked.push(path);
    const [, service = ''] = /^\/offers\/v1\.0\/aws\/(\w+)\//.exec(path) ?? [];
    if (path.endsWith('/region_index.json')) {
      const currentVersionUrl = `/offers/v1.0/aws/${service}/20261101000000/eu-west-1/index.json`;
      response.end(
        JSON.stringify({
          formatVersion: 'v1.0',
          regions: { 'eu-west-1': { regionCode: 'eu-west-1', currentVersionUrl } },
        }),
      );
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    const idle = service === 'AmazonEC2' ? this.idleMegabytes : 0;
    Readable.from(this.pieces(service, idle)).pipe(response);
  }

  private *pieces(service: string, idleMegabytes: number): Generator<string> {
    for (const piece of offerFile(this.market, service, idleMegabytes)) {
      if (this.fault === 'truncate' && piece.includes('"OnDemand"')) return;
      yield piece;
    }
  }
}
