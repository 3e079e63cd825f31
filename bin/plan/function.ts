/** The plan of a function, and of instances in its place. */
import { SlipwayError } from '../../lib/model/error';
import { type Beside, functionText, type OrFunction, orFunctionText } from '../../lib/report';
import {
  type FunctionPlan,
  functionCheaperBelow,
  functionPlan,
  inPlaceOfInstances,
  type SizingPlan,
  type SizingRequest,
  sizingPlan,
} from '../../lib/sizing';
import { print, printJson } from '../terminal/output';

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

export function printFunction(request: SizingRequest, plan: FunctionPlan, json = false): void {
  if (json) {
    printJson(plan);
    return;
  }
  let beside: Beside | undefined;
  try {
    const instances = sizingPlan(request);
    const { usdPerMonth } = instances.choice;
    beside = { plan: instances, cheaperBelow: functionCheaperBelow(request, plan, usdPerMonth) };
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error; // then there are none to compare with
  }
  print(functionText(plan, beside));
}
