/** The door of the refresh, the only user of the AWS SDK. Whoever opens it loads the SDK, which takes longer than a plan. */
export * from './account';
export { AccountPrices } from './account-prices';
export { PublicPrices, publicPriceList } from './public-prices';
export { type Refreshed, type RefreshRequest, refreshCatalogue } from './refresh';
export { SpotAdvisor, type SpotSavings } from './spot-advisor';
