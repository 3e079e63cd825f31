/** The door of lib/report. */
export {
  type PlannedStage,
  planDifferenceText,
  type StageChange,
  somethingInfeasible,
} from './plan-difference';
export { planText } from './plan-text';
export { agreementText, profileText } from './profile-text';
export { type TransformerReport, transformerText } from './transformer-text';
