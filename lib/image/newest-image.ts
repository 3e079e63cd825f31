/** Asks AWS for the newest machine images, with the credentials of whoever calls. */
import { DescribeImagesCommand, type DescribeImagesCommandOutput, EC2Client } from '@aws-sdk/client-ec2';
import { GetParameterCommand, type GetParameterCommandOutput, SSMClient } from '@aws-sdk/client-ssm';
import { SlipwayError } from '../model/error';
import type { PinnedImage, WantedImage } from './image-file';

/** What is asked of AWS, in one region. */
export interface ImageSource {
  parameter(command: GetParameterCommand): Promise<Pick<GetParameterCommandOutput, 'Parameter'>>;
  images(command: DescribeImagesCommand): Promise<Pick<DescribeImagesCommandOutput, 'Images'>>;
}

const requestHandler = { connectionTimeout: 10_000, requestTimeout: 30_000 };

/** Root device of Amazon Linux 2023, by which instances get their volume. */
const ROOT_DEVICE = '/dev/xvda';

export function sourceOf(region: string): ImageSource {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // of later releases than the pinned one
  const ssm = new SSMClient({ region, requestHandler });
  const ec2 = new EC2Client({ region, requestHandler });
  return { parameter: (command) => ssm.send(command), images: (command) => ec2.send(command) };
}

/**
 * The image that Amazon names as its newest, checked to be one that instances can boot.
 *
 * @param whose which credentials do, as a sentence without its full stop, for who has none
 * @throws SlipwayError E_AWS without credentials or permission, and when AWS answers anything else
 */
export async function newestImage(
  wanted: WantedImage,
  source = sourceOf(wanted.region),
  whose = 'Those of any account do: the parameters are public',
): Promise<PinnedImage> {
  const { region, parameter, architecture } = wanted;
  const wrong = (what: string) => new SlipwayError('E_AWS', `${parameter} in ${region} ${what}; nothing was changed`);
  try {
    const { Parameter } = await source.parameter(new GetParameterCommand({ Name: parameter }));
    const id = Parameter?.Value ?? '';
    if (!/^ami-[0-9a-f]{8,17}$/.test(id)) throw wrong('names no image');
    const { Images = [] } = await source.images(new DescribeImagesCommand({ ImageIds: [id] }));
    const image = Images.find(({ ImageId }) => ImageId === id);
    if (!image) throw wrong(`names ${id}, which EC2 does not know`);
    const faults = [
      image.Architecture === architecture ? '' : `is for ${image.Architecture}, and ${architecture} is wanted`,
      image.State === 'available' ? '' : `is ${image.State}`,
      image.RootDeviceName === ROOT_DEVICE ? '' : `has its root at ${image.RootDeviceName}, not ${ROOT_DEVICE}`,
      image.ImageOwnerAlias === 'amazon' ? '' : 'is not of Amazon',
      /^\d{4}-\d\d-\d\d/.test(image.CreationDate ?? '') ? '' : 'has no date',
    ].filter((fault) => fault !== '');
    if (faults.length > 0) throw wrong(`names ${id}, which ${faults.join(' and ')}`);
    return { region, architecture, parameter, id, name: image.Name ?? id, created: image.CreationDate!.slice(0, 10) };
  } catch (error) {
    throw awsError(error, region, whose);
  }
}

/** What AWS refuses, as an error of ours; a fault of ours stays one. */
function awsError(error: unknown, region: string, whose: string): unknown {
  if (SlipwayError.is(error) || !(error instanceof Error)) return error;
  const { name, message } = error;
  const first = message.split('\n')[0];
  const say = (text: string) => new SlipwayError('E_AWS', text, { cause: error });
  if (/CredentialsProvider|TokenProvider/.test(name)) {
    return say(
      `there are no AWS credentials (${first}); sign in, e.g. with "aws sso login", and set AWS_PROFILE. ${whose}`,
    );
  }
  if (name === 'ParameterNotFound') return say(`${region} has no such image (${first}); set machineImage of the stage`);
  const code = (error as NodeJS.ErrnoException).code ?? name;
  if (!('$metadata' in error) && !/^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_|TimeoutError|SyntaxError)/.test(code)) return error;
  const refused = /UnauthorizedOperation|AccessDenied|AuthFailure|ExpiredToken|InvalidClientTokenId|UnrecognizedClient/;
  const hint = refused.test(name) ? 'it needs ssm:GetParameter and ec2:DescribeImages' : 'try again';
  return say(`AWS does not answer as it should in ${region} (${name}: ${first}); ${hint}`);
}
