import { createEngine } from '../../../../lambda/inference/engine';

test.each(['MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED'])(
  'where the native library cannot be loaded (%s) the error names the platforms that work',
  async (code) => {
    jest.resetModules();
    jest.doMock('onnxruntime-node/dist/binding', () => {
      throw Object.assign(new Error('libc.musl-x86_64.so.1: cannot open\nRequire stack'), { code });
    });
    await expect(createEngine('model.onnx', { engine: 'onnxruntime' })).rejects.toMatchObject({
      code: 'E_PLATFORM',
      message: expect.stringMatching(
        /\(libc\.musl-x86_64\.so\.1: cannot open\); it runs on Linux with glibc .*macOS on Apple silicon/,
      ),
    });
  },
);
