/** For jest what the bundler's `text` loader is for the handler: a file as a string. */
module.exports = {
  process: (text) => ({ code: `exports.__esModule = true;\nexports.default = ${JSON.stringify(text)};\n` }),
};
