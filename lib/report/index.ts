/** The door of lib/report; `plan-page` is opened by itself. */
export { comparisonText } from './comparison-text';
export { type Beside, functionText, type OrFunction, orFunctionText } from './function-text';
export { inspectionText } from './inspection-text';
export { modelDifferenceText } from './model-difference-text';
export { modelsText, type PlannedModel, proposalText } from './models-text';
export { packedText } from './packed-text';
export {
  type Deployment,
  type PlannedStage,
  planDifferenceText,
  refusedChanges,
  type SharedChange,
  type StageChange,
  somethingInfeasible,
} from './plan-difference';
export { planSummary } from './plan-summary';
export { planText } from './plan-text';
export { compareProfiles, staysAsItWas } from './profile-agreement';
export { agreementText, profileText } from './profile-text';
export { refreshedText } from './refreshed-text';
export { modelsReviewText, templatesReviewText } from './review-text';
export { shadowReportText } from './shadow-text';
export { type TransformerReport, transformerText } from './transformer-text';
export { verificationText } from './verification-text';
export { type DeployedPackage, versionsText } from './versions-text';
