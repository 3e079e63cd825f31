import { describeAnswers } from '../answers';
import { describeColumns } from '../columns';

describeAnswers('sklearn/selection', {
  tolerance: { absolute: 1e-15, relative: 1e-12 },
  engines: 'both',
});

describeColumns('selection', [['select-k-best', [null, 0, 0, 0, 0], false]]);
