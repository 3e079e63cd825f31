/** What the stages of the options take as given, with ids of the emulator. */
export interface Given {
  readonly vpc: string;
  readonly zones: readonly string[];
  readonly public: readonly string[];
  readonly private: readonly string[];
  /** Of a load balancer that is there, with its security group, name and hosted zone. */
  readonly listener: string;
  readonly listenerGroup: string;
  readonly balancerName: string;
  readonly balancerZone: string;
  /** Of certificates that clients are checked with. */
  readonly bucket: string;
  readonly bundle: string;
  readonly bundleVersion: string;
  /** Names of parameters. */
  readonly keys: string;
  readonly keySet: string;
  readonly deploymentKey: string;
  readonly alerts: string;
  /** ARNs. */
  readonly certificate: string;
  readonly innerCertificate: string;
  readonly key: string;
  readonly secret: string;
  /** Ids of hosted zones. */
  readonly zone: string;
  readonly otherZone: string;
  readonly privateZone: string;
  readonly prefixList: string;
  readonly s3List: string;
  readonly image: string;
  /** Of the region. */
  readonly zoneIds: readonly string[];
}

export const ZONE = 'options.example.com';
export const OTHER_ZONE = 'options.example.org';

/** Make it. @param said what a script beside the emulator prints */
export const makeGiven = async (said: (script: string, ...words: string[]) => Promise<string>): Promise<Given> =>
  JSON.parse(await said('given.py', ZONE, OTHER_ZONE)) as Given;
