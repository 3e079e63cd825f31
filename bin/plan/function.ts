/** The plan of a function, and of instances in its place. */
import type { OrFunction as OrFunctionConfig } from '../../lib/config/config';
import { SlipwayError } from '../../lib/model/error';
import { type Beside, functionText, type OrFunction, orFunctionText } from '../../lib/report';
import { functionPage } from '../../lib/report/function-page';
import {
  type FunctionPlan,
  functionCheaperBelow,
  functionPlan,
  inPlaceOfFunction,
  inPlaceOfInstances,
  type SizingPlan,
  type SizingRequest,
  sizingPlan,
} from '../../lib/sizing';
import { print, printJson } from '../terminal/output';
import type { PlanFlags } from './flags';
import { writePage } from './page';

/** What a function would cost in place of instances; undefined where the stage has what no function has. */
export function orFunction(request: SizingRequest, plan: SizingPlan): string | undefined {
  const beside = ((): OrFunction | undefined => {
    try {
      const asked = inPlaceOfInstances(request);
      const found = functionPlan(asked);
      return { plan: found, cheaperBelow: functionCheaperBelow(asked, found, plan.choice.usdPerMonth) };
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      return error.code === 'E_INFEASIBLE'
        ? { refused: error.message.replace(/; serve it on instances$/, '') }
        : undefined;
    }
  })();
  return beside && orFunctionText(beside, plan);
}

/** Why a stage that the plan may make a function cannot be one, by what slipway.yaml says. */
export function notAFunction(or: OrFunctionConfig | undefined): string | undefined {
  if (!or || !('refused' in or)) return undefined;
  return `no function (compute: cheapest): ${or.refused.join('; ')}`;
}

/** @param title of its page */
export function tellFunction(
  title: string,
  request: SizingRequest,
  plan: FunctionPlan,
  { html, json }: Pick<PlanFlags, 'html' | 'json'>,
): void {
  const beside = json && html === undefined ? undefined : instancesBeside(request, plan);
  if (html !== undefined) writePage(html, functionPage(title, plan, beside));
  if (json) printJson(plan);
  else print(functionText(plan, beside));
}

/** Instances in place of a function; undefined where none keep the service level. */
function instancesBeside(request: SizingRequest, plan: FunctionPlan): Beside | undefined {
  try {
    const instances = sizingPlan(inPlaceOfFunction(request));
    const { usdPerMonth } = instances.choice;
    return { plan: instances, cheaperBelow: functionCheaperBelow(request, plan, usdPerMonth) };
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    return undefined;
  }
}
