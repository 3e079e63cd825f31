/** The limit: node:http that reads the body and answers a constant. Nothing that serves with node:http costs less. */
import { createServer } from 'node:http';

const ANSWER = '{"result":[0]}';
const HEADERS = { 'content-type': 'application/json', 'content-length': ANSWER.length };

const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => {
    response.writeHead(200, HEADERS);
    response.end(ANSWER);
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
