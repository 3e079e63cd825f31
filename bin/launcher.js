#!/usr/bin/env node
// The launcher: checks the version of Node.js before anything that needs it, then runs slipway.ts.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: Slipway needs Node.js 20.19 or newer, this is ${process.versions.node}`);
  process.exit(2);
}
try {
  process.cwd();
} catch {
  console.error('error E_FILE: the current folder is not there any more; change to another one');
  process.exit(2);
}
const preload = join(__dirname, '../lib/model/process/typescript.preload.js'); // no part of a package, which is JavaScript
if (existsSync(preload)) require(preload);
const { run, fault } = require('./slipway');
require('./terminal/output').watchOutput();
process.on('uncaughtException', fault);
run(process.argv);
