/** Tests of what Linux alone has: `/proc`, `/dev/full`, the shell and the tools of an instance. CI and instances are Linux. */
const isLinux = process.platform === 'linux';

export const onLinux = isLinux ? test : test.skip;
export const describeOnLinux = isLinux ? describe : describe.skip;
