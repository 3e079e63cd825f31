/** The floor: node:http that reads the body and answers a constant. Nothing that serves HTTP in Node.js costs less. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ANSWER = '{"result":[0]}';
const HEADERS = { 'content-type': 'application/json', 'content-length': ANSWER.length };

const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => {
    response.writeHead(200, HEADERS);
    response.end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ event: 'ready', port: (server.address() as AddressInfo).port }));
});
