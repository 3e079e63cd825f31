/** How long the user data of a template is. */
import { LONGEST_SIGNAL_URL, mostBytes } from '../../lib/constructs/boot/user-data-size';
import type { Resource } from './billed';

/** EC2 takes 16 KiB. */
export const MOST_USER_DATA_BYTES = 12 * 1024;

/** Of each launch template, once every value that AWS fills in is as long as it can be. */
export function userDataBytes({ Resources }: { readonly Resources: Readonly<Record<string, Resource>> }): number[] {
  const resources = Object.entries(Resources);
  const handles = resources.filter(([, { Type }]) => Type === 'AWS::CloudFormation::WaitConditionHandle');
  const longer = Object.fromEntries(handles.map(([id]) => [id, LONGEST_SIGNAL_URL]));
  return resources.flatMap(([, { Type, Properties }]) => {
    if (Type !== 'AWS::EC2::LaunchTemplate') return [];
    const { UserData } = (Properties as { LaunchTemplateData: { UserData: { 'Fn::Base64': unknown } } })
      .LaunchTemplateData;
    return [mostBytes(UserData['Fn::Base64'], longer)];
  });
}
