/** The door of lib/report. */
export { planText } from './plan-text';
export { profileText } from './profile-text';
