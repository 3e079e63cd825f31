import type { WantedImage } from '../../lib/image/image-file';
import { type ImageSource, newestImage } from '../../lib/image/newest-image';

const wanted: WantedImage = {
  region: 'eu-west-1',
  architecture: 'arm64',
  parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
};

/** As EC2 answered for such an image, what is not looked at left out. */
const answer = {
  ImageId: 'ami-0123456789abcdef0',
  Architecture: 'arm64' as const,
  State: 'available' as const,
  RootDeviceName: '/dev/xvda',
  ImageOwnerAlias: 'amazon',
  Name: 'al2023-ami-2023.9.20261102.0-kernel-6.1-arm64',
  CreationDate: '2026-11-02T22:13:44.000Z',
};

const source = (image: object, id = answer.ImageId): ImageSource => ({
  parameter: async (command) => {
    expect(command.input).toEqual({ Name: wanted.parameter });
    return { Parameter: { Value: id } };
  },
  images: async (command) => {
    expect(command.input).toEqual({ ImageIds: [id] });
    return { Images: [{ ...answer, ...image }] };
  },
});

const refusing = (error: Error): ImageSource => ({ ...source({}), parameter: () => Promise.reject(error) });
const failing = (name: string, message = 'no', more: object = { $metadata: {} }) =>
  refusing(Object.assign(new Error(message), { name, ...more }));

test('is what the parameter names, with its name and its day', async () => {
  await expect(newestImage(wanted, source({}))).resolves.toEqual({
    ...wanted,
    id: answer.ImageId,
    name: answer.Name,
    created: '2026-11-02',
  });
});

test.each([
  [{ Architecture: 'x86_64' }, /is for x86_64, and arm64 is wanted/],
  [{ State: 'deregistered' }, /is deregistered/],
  [{ RootDeviceName: '/dev/sda1' }, /has its root at \/dev\/sda1, not \/dev\/xvda/],
  [{ ImageOwnerAlias: undefined }, /is not of Amazon/],
  [{ CreationDate: undefined }, /has no date/],
  [{ ImageId: 'ami-0fedcba9876543210' }, /which EC2 does not know/],
])('an image that instances cannot boot is not pinned: %j', async (image, message) => {
  await expect(newestImage(wanted, source(image))).rejects.toMatchObject({
    code: 'E_AWS',
    message: expect.stringMatching(message),
  });
});

test('what is no AMI id is asked of nobody', async () => {
  await expect(newestImage(wanted, source({}, 'latest'))).rejects.toThrow(/names no image; nothing was changed/);
});

test.each([
  [failing('CredentialsProviderError', 'Could not load', {}), /no AWS credentials .*those of any account do/i],
  [failing('ParameterNotFound'), /has no such image .*set machineImage of the stage/],
  [failing('AccessDeniedException'), /it needs ssm:GetParameter and ec2:DescribeImages/],
  [failing('InternalServerError'), /does not answer as it should in eu-west-1 .*try again/],
  [failing('Error', 'getaddrinfo', { code: 'ENOTFOUND' }), /try again/],
])('what AWS refuses is said with what to do', async (broken, message) => {
  await expect(newestImage(wanted, broken)).rejects.toMatchObject({
    code: 'E_AWS',
    message: expect.stringMatching(message),
  });
});

test('who would start instances there is told whose credentials do, and that others do not', async () => {
  const broken = failing('CredentialsProviderError', 'Could not load', {});
  const message = await newestImage(wanted, broken, 'The instances start in that account').catch(String);
  expect(message).toMatch(/set AWS_PROFILE\. The instances start in that account$/);
  expect(message).not.toMatch(/any account/);
});

test('a fault of ours stays one', async () => {
  await expect(newestImage(wanted, refusing(new TypeError('x is not a function')))).rejects.toThrow(TypeError);
});
