#!/usr/bin/env node
// The launcher: checks the version of Node.js before anything that needs it, then runs slipway.ts.
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
if (!canKeepFiles(require('node:os').tmpdir())) process.env.TSX_DISABLE_CACHE = '1';
require('tsx/cjs');
const { run, fault } = require('./slipway.ts');
require('./output.ts').watchOutput();
process.on('uncaughtException', fault);
run(process.argv);

// tsx keeps what it has compiled there, and fails where it cannot; a command that needs the folder tells it in words
function canKeepFiles(folder) {
  const { accessSync, constants, statSync } = require('node:fs');
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
